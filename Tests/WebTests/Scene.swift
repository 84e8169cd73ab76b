import Access
import Foundation
import GRDB
import HTTPTransport
import Model
import Stacks
import Store
import Testing

@testable import Delivery
@testable import Web

/// Two apps in two environments, a build, a deploy and a rollout of the first of each, and everybody who may ask.
struct Scene {
    struct Name {
        var name: String
        var needs: String
    }

    let world: World
    private(set) var headers: [PermissionTests.Asker: [(String, String)]] = [:]
    private(set) var strangers: [(String, [(String, String)])] = []
    private(set) var requests: [(Name, HTTPRequest)] = []
    /// The newest event when all was set up.
    private(set) var lastEvent: Int64 = 0

    init(_ world: World) async throws {
        self.world = world
        let (production, staging) = (
            try await world.stacks.addEnvironment(name: "production", socket: "/a"),
            try await world.stacks.addEnvironment(name: "staging", socket: "/b")
        )
        let orders = try await world.delivery.addApp(name: "orders", source: .hosted, branch: "main")
        let billing = try await world.delivery.addApp(name: "billing", source: .hosted, branch: "main")
        let target = try await world.delivery.target(app: "orders", environment: "production")
        try await Self.insertWork(target, world.store)
        try await addAccounts(orders.id, billing.id, production.id, staging.id)
        for route in world.routes { requests += Self.requests(route) }
        lastEvent = try await world.store.lastEventID()
    }

    private static func insertWork(_ target: Target, _ store: Store) async throws {
        let spec = String(decoding: try JSONEncoder().encode(ServiceSpec(name: "web", image: "x:1")), as: UTF8.self)
        let options = String(decoding: try JSONEncoder().encode(RolloutOptions()), as: UTF8.self)
        let sha = String(repeating: "a", count: 40)
        try await store.write { db in
            try db.execute(
                sql: """
                    INSERT INTO "commit" (appID, sha, authorName, authorEmail, committedAt, title, body, additions,
                        deletions, position, seenAt)
                    VALUES (?1, ?2, 'Ada', 'a@example.com', ?3, 'First', '', 1, 0, 1, ?3)
                    """, arguments: [target.app.id, sha, Date()])
            try db.execute(
                sql: "INSERT INTO build (appID, sha, attempt, state, queuedAt) VALUES (?, ?, 1, 'running', ?)",
                arguments: [target.app.id, sha, Date()])
            try db.execute(
                sql: """
                    INSERT INTO deploy (targetID, kind, sha, state, requestedBy, queuedAt)
                    VALUES (?, 'deploy', ?, 'running', 'ada', ?)
                    """, arguments: [target.id, sha, Date()])
            try db.execute(
                sql: """
                    INSERT INTO rollout (environmentID, stack, service, spec, options, state, queuedAt)
                    VALUES (?, 'web', 'web', ?, ?, 'done', ?)
                    """, arguments: [target.environment.id, spec, options, Date()])
        }
    }

    private mutating func addAccounts(
        _ app: Int64, _ otherApp: Int64, _ environment: Int64, _ otherEnvironment: Int64
    ) async throws {
        let access = world.access
        let grants: [(PermissionTests.Asker, Role?, Scope)] = [
            (.nobody, nil, .everything), (.viewer, .viewer, .everything), (.deployer, .deployer, .everything),
            (.admin, .admin, .everything), (.app, .deployer, Scope(appID: app)),
            (.otherApp, .deployer, Scope(appID: otherApp)),
            (.environment, .deployer, Scope(environmentID: environment)),
            (.otherEnvironment, .deployer, Scope(environmentID: otherEnvironment)),
        ]
        for (asker, role, scope) in grants {
            let name = asker.rawValue.replacing(": ", with: ".")
            try await access.addAccount(name, password: nil)
            if let role { _ = try await access.addGrant(to: .account(name), .role(role), scope: scope) }
            let secret = try await access.makeSession(of: name)
            let session = try #require(try await access.session(secret))
            headers[asker] = [("Cookie", "slipway_session=\(secret)"), ("X-CSRF-Token", session.csrf)]
        }
        func bearer(_ token: String) -> [(String, String)] { [("Authorization", "Bearer \(token)")] }
        headers[.script] = bearer(try await access.makeDeployToken(deploy: 1, environment: environment))
        headers[.otherScript] = bearer(try await access.makeDeployToken(deploy: 2, environment: otherEnvironment))
        let revoked = try await access.makeToken(named: "revoked", account: "admin")
        try await access.revokeToken(try #require(try await access.tokens().first).id)
        let expired = try await access.makeToken(named: "expired", account: "admin", expiresAfter: -1)
        let signedOut = try await access.makeSession(of: "admin")
        try await access.signOut(session: signedOut)
        strangers = [
            ("nobody signed in", []), ("a session that ended", [("Cookie", "slipway_session=\(signedOut)")]),
            ("a revoked token", bearer(revoked)), ("an expired token", bearer(expired)),
        ]
    }

    /// One request of a route; of git's first question one for a fetch and one for a push.
    private static func requests(_ route: Route) -> [(Name, HTTPRequest)] {
        let values = [
            "app": "orders", "environment": "production", "repository": "orders.git", "id": "1", "step": "0",
            "container": "c1", "sha": String(repeating: "a", count: 40), "stack": "web", "service": "web",
            "account": "viewer",
            "team": "ops", "terminal": "t1", "provider": "github", "hash": "1", "name": "style.css",
        ]
        let path = route.path.replacing(/\{(\w+)\}/) { values[String($0.1)] ?? "?" }
        let needs: String
        switch route.access {
        case .open: needs = "open"
        case .known: needs = "known"
        case .own: needs = "own"
        case .right(let right, let subject): needs = "\(right.rawValue) on \(subject.rawValue)"
        case .git:
            return [("git-upload-pack", "read"), ("git-receive-pack", "deploy")].map { service, right in
                (
                    Name(name: "\(route.name)?service=\(service)", needs: "\(right) on repository"),
                    HTTPRequest(method: "GET", path: "\(path)?service=\(service)")
                )
            }
        }
        return [
            (
                Name(name: route.name, needs: needs),
                HTTPRequest(method: String(route.name.prefix { $0 != " " }), path: path)
            )
        ]
    }

    /// `yes`, or the status of the answer that turned it away.
    func ask(_ request: HTTPRequest, _ headers: [(String, String)]) async throws -> String {
        var request = request
        request.headers = headers
        let reply = try await world.client.send(request, timeout: .seconds(20))
        if reply.status == 303, reply.header("location")?.hasPrefix("/sign-in") == true { return "401" }
        return reply.status == 200 ? "yes" : "\(reply.status)"
    }
}
