import Testing

@testable import Access

/// The pure function that decides, as a table.
struct RightsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var scope: Scope
        var resource: Resource
        var reads: Bool
        var changes: Bool

        init(_ scope: Scope, _ resource: Resource, reads: Bool, changes: Bool) {
            (self.scope, self.resource, self.reads, self.changes) = (scope, resource, reads, changes)
        }

        var testDescription: String { "\(scope) on \(resource)" }
    }

    private static let target = Resource.target(app: 1, environment: 10)
    private static let (app, environment) = (Scope(appID: 1), Scope(environmentID: 10))
    private static let both = Scope(appID: 1, environmentID: 10)

    static let cases = [
        Case(.everything, .server, reads: true, changes: true),
        Case(.everything, target, reads: true, changes: true),
        Case(app, .server, reads: true, changes: false),
        Case(app, .app(1), reads: true, changes: true),
        Case(app, .app(2), reads: false, changes: false),
        Case(app, .environment(10), reads: true, changes: false),
        Case(app, target, reads: true, changes: true),
        Case(app, .target(app: 2, environment: 10), reads: false, changes: false),
        Case(environment, .server, reads: true, changes: false),
        Case(environment, .app(1), reads: true, changes: false),
        Case(environment, .environment(10), reads: true, changes: true),
        Case(environment, .environment(11), reads: false, changes: false),
        Case(environment, target, reads: true, changes: true),
        Case(environment, .target(app: 1, environment: 11), reads: false, changes: false),
        Case(both, .app(1), reads: true, changes: false),
        Case(both, .environment(10), reads: true, changes: false),
        Case(both, target, reads: true, changes: true),
        Case(both, .target(app: 1, environment: 11), reads: false, changes: false),
    ]

    private func principal(_ grants: [Grant], bounds: TokenBounds? = nil) -> Principal {
        Principal(actor: Actor(name: "ada", kind: .account), grants: grants, bounds: bounds)
    }

    private func grant(_ allowance: Allowance, _ scope: Scope = .everything) -> Grant {
        Grant(id: 1, subject: .account("ada"), allowance: allowance, scope: scope)
    }

    @Test(arguments: cases) func `A grant covers what lies within its scope`(example: Case) {
        let deployer = principal([grant(.role(.deployer), example.scope)])
        #expect(isAllowed(.read, on: example.resource, for: deployer) == example.reads)
        #expect(isAllowed(.deploy, on: example.resource, for: deployer) == example.changes)
        #expect(!isAllowed(.configure, on: example.resource, for: deployer))
    }

    @Test(arguments: cases) func `A token's bounds cut in the same way`(example: Case) {
        let token = principal([grant(.role(.admin))], bounds: TokenBounds(rights: [.deploy], scope: example.scope))
        #expect(isAllowed(.read, on: example.resource, for: token) == example.reads)
        #expect(isAllowed(.deploy, on: example.resource, for: token) == example.changes)
        #expect(!isAllowed(.operate, on: example.resource, for: token))
    }

    @Test func `A role gives its rights and no other`() {
        let table: [Role: Set<Right>] = [
            .viewer: [.read], .deployer: [.read, .deploy, .operate, .exec], .admin: Set(Right.allCases),
        ]
        for role in Role.allCases {
            for right in Right.allCases {
                let isGiven = isAllowed(right, on: Self.target, for: principal([grant(.role(role))]))
                #expect(isGiven == table[role]?.contains(right), "\(role) \(right)")
            }
        }
    }

    @Test(arguments: Right.allCases) func `A right that is granted on its own brings reading alone`(right: Right) {
        let somebody = principal([grant(.right(right), Self.app)])
        for other in Right.allCases {
            #expect(isAllowed(other, on: .app(1), for: somebody) == (other == right || other == .read), "\(other)")
        }
    }

    @Test func `Who was granted nothing may do nothing, and the socket everything`() {
        for right in Right.allCases {
            #expect(!isAllowed(right, on: .server, for: principal([])))
            #expect(isAllowed(right, on: Self.target, for: .local))
        }
    }

    @Test func `A token has no more than its owner`() {
        let token = principal(
            [grant(.role(.viewer))], bounds: TokenBounds(rights: Set(Right.allCases)))
        #expect(isAllowed(.read, on: Self.target, for: token))
        #expect(!isAllowed(.deploy, on: Self.target, for: token))
    }

    @Test func `A deploy's script reads and brings services up in its own environment`() {
        let script = Principal(actor: Actor(name: "deploy 7", kind: .deploy(id: 7, environmentID: 10)))
        for right in Right.allCases {
            #expect(isAllowed(right, on: .environment(10), for: script) == [.read, .operate].contains(right))
            for other in [Resource.environment(11), .app(1), Self.target, .server] {
                #expect(!isAllowed(right, on: other, for: script))
            }
        }
    }

    @Test func `Roles and rights are read by their names`() {
        for name in Allowance.names { #expect(Allowance(name)?.name == name) }
        #expect(Allowance("owner") == nil)
    }
}
