import GRDB
import Model
import Secrets
import Store

extension Access {
    /// Makes the admin `admin` unless there is any account, and returns its password: the only time it can be seen.
    public func makeFirstAccount() async throws -> String? {
        guard try await accounts().isEmpty else { return nil }
        let password = Token.make(prefix: "")
        try await addAccount("admin", password: password)
        _ = try await addGrant(to: .account("admin"), .role(.admin))
        return password
    }

    /// All accounts, by name.
    public func accounts() async throws -> [Account] {
        try await store.read { db in
            let teams = try Row.fetchAll(db, sql: "SELECT account, team FROM teamMember ORDER BY team")
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT account.*, (SELECT provider FROM identity WHERE account = name) AS provider
                    FROM account ORDER BY name
                    """
            ).map { row in
                let name: String = row["name"]
                return Account(
                    name: name, createdAt: row["createdAt"], disabledAt: row["disabledAt"],
                    hasPassword: (row["passwordHash"] as String?) != nil,
                    teams: teams.filter { $0["account"] == name }.map { $0["team"] }, provider: row["provider"])
            }
        }
    }

    /// Throws `.notFound`.
    public func account(_ name: String) async throws -> Account {
        guard let account = try await accounts().first(where: { $0.name == name }) else {
            throw Failure(.notFound, "There is no account \(name)", hint: "slipway users lists them.")
        }
        return account
    }

    /// Adds an account that may do nothing yet. Without a password it can't sign in with one.
    @discardableResult
    public func addAccount(_ name: String, password: String?) async throws -> Account {
        try AccountRules.check(name: name, of: "an account")
        if let password { try AccountRules.check(password: password, of: name) }
        let (hash, at) = (try password.map(Password.hash), now())
        try await store.write { db in
            try db.execute(
                sql: "INSERT INTO account (name, passwordHash, createdAt) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [name, hash, at])
            guard db.changesCount == 1 else { throw Failure(.conflict, "There is an account \(name) already") }
        }
        return try await account(name)
    }

    /// Gives the account a new password; its sessions end, except `session`.
    public func setPassword(_ password: String, of name: String, keeping session: String? = nil) async throws {
        try AccountRules.check(password: password, of: name)
        let (hash, kept) = (try Password.hash(password), session.map(Token.hash))
        try await store.write { db in
            try db.execute(sql: "UPDATE account SET passwordHash = ? WHERE name = ?", arguments: [hash, name])
            guard db.changesCount == 1 else { throw Failure(.notFound, "There is no account \(name)") }
            try db.execute(
                sql: "DELETE FROM session WHERE account = ? AND hash IS NOT ?", arguments: [name, kept])
        }
    }

    /// A new password that is made here, for an account whose owner will choose another; shown once.
    public func resetPassword(of name: String) async throws -> String {
        let password = Token.make(prefix: "")
        try await setPassword(password, of: name)
        return password
    }

    /// Lets the account in no more, nor its tokens, or lets both in again. Throws `.conflict` with `keepingAnAdmin` where
    /// nobody else administers.
    public func setDisabled(_ isDisabled: Bool, _ name: String, keepingAnAdmin: Bool = false) async throws {
        let at = now()
        _ = try await account(name)
        try await change(keepingAnAdmin: keepingAnAdmin) { db in
            try db.execute(
                sql: "UPDATE account SET disabledAt = ? WHERE name = ?", arguments: [isDisabled ? at : nil, name])
            if isDisabled { try db.execute(sql: "DELETE FROM session WHERE account = ?", arguments: [name]) }
        }
    }

    /// Removes the account with its sessions, tokens and grants. Throws `.conflict` with `keepingAnAdmin` where nobody
    /// else administers.
    public func removeAccount(_ name: String, keepingAnAdmin: Bool = false) async throws {
        _ = try await account(name)
        try await change(keepingAnAdmin: keepingAnAdmin) {
            try $0.execute(sql: "DELETE FROM account WHERE name = ?", arguments: [name])
        }
    }
}
