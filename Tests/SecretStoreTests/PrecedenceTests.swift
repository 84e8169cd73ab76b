import Model
import Testing

@testable import SecretStore

struct PrecedenceTests {
    private let all = SecretPlace(name: "A")
    private let environment = SecretPlace(name: "A", environment: "production")
    private let app = SecretPlace(name: "A", app: "orders")
    private let both = SecretPlace(name: "A", app: "orders", environment: "production")
    private let context = SecretPlace(name: "A", context: "payments")
    private let second = SecretPlace(name: "A", context: "tax")

    @Test func fromGeneralToSpecial() {
        let scope = SecretScope(app: "orders", environment: "production")
        var places: [SecretPlace] = []
        for next in [all, environment, app, both] {
            places.append(next)
            #expect(effectiveSecrets(places, for: scope) == ["A": next])
            #expect(effectiveSecrets(places.reversed(), for: scope) == ["A": next])
        }
    }

    @Test(arguments: [
        (nil, nil, SecretPlace(name: "A")),
        ("orders", nil, SecretPlace(name: "A", app: "orders")),
        ("other", "production", SecretPlace(name: "A", environment: "production")),
        ("other", "staging", SecretPlace(name: "A")),
        ("orders", "staging", SecretPlace(name: "A", app: "orders")),
    ])
    func boundsMustFit(_ app: String?, _ environment: String?, _ expected: SecretPlace) {
        let places = [both, self.app, self.environment, all, context]
        #expect(effectiveSecrets(places, for: SecretScope(app: app, environment: environment)) == ["A": expected])
    }

    @Test func contextsAreListed() {
        let places = [both, context, second]
        let scope = { SecretScope(app: "orders", environment: "production", contexts: $0) }
        #expect(effectiveSecrets(places, for: scope([])) == ["A": both])
        #expect(effectiveSecrets(places, for: scope(["payments"])) == ["A": context])
        #expect(effectiveSecrets(places, for: scope(["tax", "payments"])) == ["A": context])
        #expect(effectiveSecrets(places, for: scope(["payments", "tax"])) == ["A": second])
    }

    @Test func aContextMayBeOneAppsOnly() {
        let place = SecretPlace(name: "A", app: "orders", context: "payments")
        #expect(
            effectiveSecrets([place], for: SecretScope(app: "web", environment: nil, contexts: ["payments"])) == [:])
        #expect(
            effectiveSecrets([place], for: SecretScope(app: "orders", environment: nil, contexts: ["payments"]))
                == ["A": place])
    }
}
