public import Model

/// For what secrets are asked.
public struct SecretScope: Hashable, Sendable {
    /// Nil: for no app, so that only those of all apps are meant.
    public var app: String?
    /// Nil: for no environment, as for tests.
    public var environment: String?
    /// Listed in the app's slipway.yml, the strongest last.
    public var contexts: [String]

    public init(app: String?, environment: String?, contexts: [String] = []) {
        self.app = app
        self.environment = environment
        self.contexts = contexts
    }

    /// Whether a secret is for this: each bound that it has must fit.
    func holds(_ place: SecretPlace) -> Bool {
        (place.app == nil || place.app == app) && (place.environment == nil || place.environment == environment)
            && (place.context.map(contexts.contains) ?? true)
    }

    /// What wins, from general to special: all, the environment, the app, the app in the environment. What stands in a
    /// listed context wins over what doesn't, and a context that is listed later over an earlier one (CircleCI's rule).
    func strength(of place: SecretPlace) -> Int {
        let context = place.context.flatMap { name in contexts.lastIndex(of: name) }.map { $0 + 1 } ?? 0
        return context * 4 + (place.app == nil ? 0 : 2) + (place.environment == nil ? 0 : 1)
    }
}

/// The secret that each name means, of all that there are.
public func effectiveSecrets(_ places: [SecretPlace], for scope: SecretScope) -> [String: SecretPlace] {
    var chosen: [String: SecretPlace] = [:]
    for place in places where scope.holds(place) {
        if let other = chosen[place.name], scope.strength(of: other) >= scope.strength(of: place) { continue }
        chosen[place.name] = place
    }
    return chosen
}
