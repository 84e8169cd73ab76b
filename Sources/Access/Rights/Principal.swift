/// Who asks, with all that decides what they may do.
public struct Principal: Hashable, Sendable {
    public var actor: Actor
    /// The grants of the account, of its teams and of everyone, as they are now.
    public var grants: [Grant]
    /// Of a token; nil for everybody else.
    public var bounds: TokenBounds?

    public init(actor: Actor, grants: [Grant] = [], bounds: TokenBounds? = nil) {
        self.actor = actor
        self.grants = grants
        self.bounds = bounds
    }

    /// Whoever may open the socket in the data directory.
    public static let local = Principal(actor: Actor(name: "local", kind: .socket))

    /// Whether it acts for its account, or the machine, as a whole: no script and no token that was given less.
    public var isWhole: Bool {
        if case .deploy = actor.kind { return false }
        return bounds?.isOpen != false
    }

    /// Whether no app and no environment is hidden from it.
    public var readsEverything: Bool {
        switch actor.kind {
        case .socket: true
        case .deploy: false
        case .account, .token:
            grants.contains { $0.scope == .everything } && bounds?.scope ?? .everything == .everything
        }
    }

    /// Whether it may do that: ``Access/isAllowed(_:on:for:)``.
    public func may(_ right: Right, _ resource: Resource) -> Bool { isAllowed(right, on: resource, for: self) }
}

/// Whether `principal` may do that with `resource`. The one place where rights are decided.
public func isAllowed(_ right: Right, on resource: Resource, for principal: Principal) -> Bool {
    if let bounds = principal.bounds, !bounds.allow(right, on: resource) { return false }
    return switch principal.actor.kind {
    case .socket: true
    case .deploy(_, let own): [.read, .operate].contains(right) && resource == .environment(own)
    case .account, .token: principal.grants.contains { $0.allows(right, on: resource) }
    }
}
