import Foundation
import GRDB
import Model
import Store

extension Access {
    /// Links of accounts with people of providers, and sign-ins that have begun.
    static let identities = Migration("access-4-identities") { db in
        try db.create(table: "identity") { t in
            t.column("issuer", .text).notNull()
            t.column("subject", .text).notNull()
            t.column("account", .text).notNull().references("account", onDelete: .cascade).indexed()
            t.column("provider", .text).notNull()
            t.column("createdAt", .datetime).notNull()
            t.primaryKey(["issuer", "subject"])
        }
        try db.create(table: "signInAttempt") { t in
            t.primaryKey("hash", .text)
            t.column("provider", .text).notNull()
            t.column("state", .text).notNull()
            t.column("nonce", .text).notNull()
            t.column("verifier", .text).notNull()
            t.column("callback", .text).notNull()
            t.column("next", .text).notNull()
            t.column("createdAt", .datetime).notNull().indexed()
        }
        // Through which provider it was; nil for a password.
        try db.alter(table: "session") { t in t.add(column: "provider", .text) }
    }

    /// The account of somebody who may come in, made when there is none; in the teams that `mapping` fills as they are
    /// now. The link is the issuer and the subject: no name and no address is enough. Throws `.forbidden` where the
    /// account is disabled, `.conflict` where no name is left.
    func admit(_ identity: OutsideIdentity, through provider: SignInConfiguration.Provider) async throws -> Admitted {
        let at = now()
        return try await store.write { db in
            let known = try Self.linked(identity, db)
            let name = try known ?? Self.add(identity, through: provider, at: at, db)
            let isDisabled = try Bool.fetchOne(
                db, sql: "SELECT disabledAt IS NOT NULL FROM account WHERE name = ?", arguments: [name])
            guard isDisabled == false else {
                throw Failure(.forbidden, "The account \(name) is disabled", hint: "An admin can enable it again.")
            }
            let changes = try Self.fillTeams(of: name, with: identity, through: provider, at: at, db)
            return Admitted(account: name, isNew: known == nil, teams: changes)
        }
    }

    /// Ends the sessions of somebody whom a provider's restrictions let in no more.
    func turnOut(_ identity: OutsideIdentity) async throws {
        try await store.write { db in
            guard let name = try Self.linked(identity, db) else { return }
            try db.execute(sql: "DELETE FROM session WHERE account = ?", arguments: [name])
        }
    }

    private static func linked(_ identity: OutsideIdentity, _ db: Database) throws -> String? {
        try String.fetchOne(
            db, sql: "SELECT account FROM identity WHERE issuer = ? AND subject = ?",
            arguments: [identity.issuer, identity.subject])
    }

    private static func add(
        _ identity: OutsideIdentity, through provider: SignInConfiguration.Provider, at: Date, _ db: Database
    ) throws -> String {
        let taken = try String.fetchAll(db, sql: "SELECT name FROM account")
        guard let name = AccountName.choose(for: identity, provider: provider.name, taken: taken) else {
            throw Failure(
                .conflict, "Every name for the new account of \(identity.label) is taken",
                hint: "An admin can remove accounts that nobody uses.")
        }
        try AccountRules.check(name: name, of: "an account")
        try db.execute(sql: "INSERT INTO account (name, createdAt) VALUES (?, ?)", arguments: [name, at])
        try db.execute(
            sql: "INSERT INTO identity (issuer, subject, account, provider, createdAt) VALUES (?, ?, ?, ?, ?)",
            arguments: [identity.issuer, identity.subject, name, provider.name, at])
        return name
    }

    private static func fillTeams(
        of account: String, with identity: OutsideIdentity, through provider: SignInConfiguration.Provider, at: Date,
        _ db: Database
    ) throws -> TeamChanges {
        let current = try String.fetchAll(
            db, sql: "SELECT team FROM teamMember WHERE account = ?", arguments: [account])
        let changes = teamChanges(for: identity, mapping: provider.teams, current: current)
        for team in changes.joins {
            try db.execute(
                sql: "INSERT INTO team (name, createdAt) VALUES (?, ?) ON CONFLICT DO NOTHING", arguments: [team, at])
            try db.execute(sql: "INSERT INTO teamMember (team, account) VALUES (?, ?)", arguments: [team, account])
        }
        for team in changes.leaves {
            try db.execute(
                sql: "DELETE FROM teamMember WHERE team = ? AND account = ?", arguments: [team, account])
        }
        return changes
    }
}

/// What came of letting somebody in.
struct Admitted: Hashable, Sendable {
    var account: String
    /// Whether the account was made just now.
    var isNew: Bool
    var teams: TeamChanges
}
