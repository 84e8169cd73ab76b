import Foundation
import Model
import Store
import Testing

@testable import Access

struct AccessTests {
    private func access(at time: Date = Date()) throws -> Access {
        Access(store: try Store(path: nil, migrations: Access.migrations), now: { time })
    }

    @Test func `The first start makes one account, and its password is seen once`() async throws {
        let access = try access()
        let password = try #require(try await access.makeFirstAccount())
        #expect(try await access.makeFirstAccount() == nil)
        let session = try await access.signIn(account: "admin", password: password)
        #expect(try await access.session(session)?.actor == Actor(name: "admin", kind: .account))
        try await access.signOut(session: session)
        #expect(try await access.session(session) == nil)
    }

    @Test func `A wrong password and an unknown name are told apart by nobody, and five of them wait`() async throws {
        let access = try access()
        _ = try await access.makeFirstAccount()
        for name in ["admin", "nobody"] {
            let failure = await #expect(throws: Failure.self) { try await access.signIn(account: name, password: "x") }
            #expect(failure?.message == "That name and password don't match an account")
        }
        for _ in 0..<4 { _ = try? await access.signIn(account: "admin", password: "x") }
        let failure = await #expect(throws: Failure.self) { try await access.signIn(account: "admin", password: "x") }
        #expect(failure?.code == .forbidden)
    }

    @Test func `A deploy's token is good for its own environment alone, until it is revoked`() async throws {
        let access = try access()
        let secret = try await access.makeDeployToken(deploy: 7, environment: 1)
        let actor = try #require(try await access.actor(token: secret))
        #expect(isAllowed(.read, for: actor))
        #expect(isAllowed(.rollOut(environmentID: 1), for: actor))
        #expect(!isAllowed(.rollOut(environmentID: 2), for: actor))
        #expect(!isAllowed(.change, for: actor))
        try await access.revokeDeployTokens(deploy: 7)
        #expect(try await access.actor(token: secret) == nil)
    }

    @Test func `A token ends when its time is over`() async throws {
        let store = try Store(path: nil, migrations: Access.migrations)
        let start = Date()
        let secret = try await Access(store: store, now: { start }).makeToken(named: "ci", expiresAfter: 60)
        #expect(try await Access(store: store, now: { start + 59 }).actor(token: secret)?.name == "ci")
        #expect(try await Access(store: store, now: { start + 61 }).actor(token: secret) == nil)
    }
}
