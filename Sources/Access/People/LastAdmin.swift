import GRDB
import Model
import Store

/// What decides whether an account administers.
struct AdminCandidate: Hashable, Sendable {
    var name: String
    var teams: [String]
    /// It isn't disabled, and has a password or a link to somebody outside.
    var canSignIn: Bool
}

/// Whether somebody who can sign in may administer everything.
func isAdministered(by accounts: [AdminCandidate], _ grants: [Grant]) -> Bool {
    let decisive = grants.filter { $0.allows(.administer, on: .server) }
    return accounts.contains { account in
        account.canSignIn
            && decisive.contains { grant in
                switch grant.subject {
                case .account(let name): name == account.name
                case .team(let name): account.teams.contains(name)
                case .everyone: true
                }
            }
    }
}

extension Access {
    /// Carries out a change. With `keepingAnAdmin` it throws `.conflict` and changes nothing where somebody administers
    /// before it and nobody would after.
    func change(keepingAnAdmin: Bool, _ body: @escaping @Sendable (Database) throws -> Void) async throws {
        try await store.write { db in
            let before = try keepingAnAdmin && Self.hasAdmin(db)
            try body(db)
            guard try !before || Self.hasAdmin(db) else {
                throw Failure(
                    .conflict, "That would leave nobody who administers",
                    hint: "Make somebody else an admin first. On the server's own machine, slipway users, teams and "
                        + "grants do it all the same.")
            }
        }
    }

    private static func hasAdmin(_ db: Database) throws -> Bool {
        let members = try Row.fetchAll(db, sql: "SELECT account, team FROM teamMember")
        let accounts = try Row.fetchAll(
            db,
            sql: """
                SELECT name, disabledAt IS NULL AND (passwordHash IS NOT NULL
                    OR EXISTS (SELECT 1 FROM identity WHERE account = name)) AS canSignIn
                FROM account
                """
        ).map { row in
            let name: String = row["name"]
            return AdminCandidate(
                name: name, teams: members.filter { $0["account"] == name }.map { $0["team"] },
                canSignIn: row["canSignIn"])
        }
        let grants = try Row.fetchAll(db, sql: "SELECT * FROM \"grant\"").compactMap(Grant.init)
        return isAdministered(by: accounts, grants)
    }
}
