import Model
import Store
import Testing

@testable import Access

/// Somebody who administers is left, unless the machine itself takes that away.
@Suite struct LastAdminTests {
    private func access() async throws -> Access {
        let access = Access(store: try Store(path: nil, migrations: Access.migrations))
        _ = try await access.makeFirstAccount()
        return access
    }

    private func refused(_ body: () async throws -> Void) async {
        let failure = await #expect(throws: Failure.self) { try await body() }
        #expect(failure?.code == .conflict)
    }

    @Test func `The last admin can't be disabled, removed or ungranted`() async throws {
        let access = try await access()
        let grant = try #require(try await access.grants().first).id
        await refused { try await access.setDisabled(true, "admin", keepingAnAdmin: true) }
        await refused { try await access.removeAccount("admin", keepingAnAdmin: true) }
        await refused { try await access.removeGrant(grant, keepingAnAdmin: true) }
        #expect(try await access.account("admin").disabledAt == nil)
        try await access.addAccount("ada", password: "correct horse battery")
        _ = try await access.addGrant(to: .account("ada"), .role(.admin))
        try await access.removeGrant(grant, keepingAnAdmin: true)
        await refused { try await access.removeAccount("ada", keepingAnAdmin: true) }
        try await access.removeAccount("ada")
        // Where nobody administers, nothing is kept from being changed.
        try await access.setDisabled(true, "admin", keepingAnAdmin: true)
    }

    @Test func `An admin by a team counts, and so does the team`() async throws {
        let access = try await access()
        try await access.addAccount("ada", password: "correct horse battery")
        try await access.addTeam("ops")
        try await access.addMember("ada", to: "ops")
        _ = try await access.addGrant(to: .team("ops"), .right(.administer))
        try await access.removeAccount("admin", keepingAnAdmin: true)
        await refused { try await access.removeTeam("ops", keepingAnAdmin: true) }
        await refused { try await access.removeMember("ada", from: "ops", keepingAnAdmin: true) }
    }

    @Test func `Who can't sign in, or administers a part, is no admin`() {
        func count(_ canSignIn: Bool, _ scope: Scope) -> Bool {
            isAdministered(
                by: [AdminCandidate(name: "ada", teams: [], canSignIn: canSignIn)],
                [Grant(id: 1, subject: .everyone, allowance: .role(.admin), scope: scope)])
        }
        #expect(count(true, .everything))
        #expect(!count(false, .everything))
        #expect(!count(true, Scope(appID: 1)))
        #expect(!isAdministered(by: [AdminCandidate(name: "ada", teams: [], canSignIn: true)], []))
    }
}
