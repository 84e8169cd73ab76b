import Foundation
import GRDB
import Model
import Secrets
import Store

/// A browser's session.
public struct Session: Hashable, Sendable {
    public var principal: Principal
    /// Every form that changes something carries it.
    public var csrf: String
    /// Through which provider they signed in; nil for a password.
    public var provider: String?
}

extension Access {
    /// Returns a new session's secret for the cookie. Throws `.unauthorized` for a wrong name or password, the same for
    /// both, and `.tooMany` for a while after too many attempts at an account or from an address.
    public func signIn(account: String, password: String, from address: String = "") async throws -> String {
        let at = now()
        guard attempts.begin(account: account, address: address, at: at) else {
            throw Failure(.tooMany, "Too many attempts to sign in", hint: "Try again in a minute.")
        }
        let hash = try await store.read {
            try String.fetchOne(
                $0, sql: "SELECT passwordHash FROM account WHERE name = ? AND disabledAt IS NULL",
                arguments: [account])
        }
        // An unknown name costs as much time as a known one.
        guard Password.verify(password, against: hash ?? Self.nobodysHash), hash != nil else {
            throw Failure(.unauthorized, "That name and password don't match an account")
        }
        attempts.succeeded(account: account, address: address, at: at)
        return try await makeSession(of: account)
    }

    /// A session of an account that has shown who it is, to a provider where one is named; returns the secret for the
    /// cookie.
    public func makeSession(of account: String, through provider: String? = nil) async throws -> String {
        let (secret, at) = (Token.make(prefix: "sls_"), now())
        try await store.write { db in
            try db.execute(sql: "DELETE FROM session WHERE usedAt < ?", arguments: [at - Self.idleLimit])
            try db.execute(
                sql: """
                    INSERT INTO session (hash, account, csrf, createdAt, usedAt, provider)
                    SELECT ?1, name, ?3, ?4, ?4, ?5 FROM account WHERE name = ?2 AND disabledAt IS NULL
                    """,
                arguments: [Token.hash(secret), account, Token.make(prefix: ""), at, provider])
            guard db.changesCount == 1 else { throw Failure(.unauthorized, "\(account) can't sign in") }
        }
        return secret
    }

    /// Ends the session; a session that doesn't exist is no error.
    public func signOut(session: String) async throws {
        let hash = Token.hash(session)
        try await store.write { try $0.execute(sql: "DELETE FROM session WHERE hash = ?", arguments: [hash]) }
    }

    /// Ends all sessions of the account.
    public func signOutEverywhere(account: String) async throws {
        try await store.write { try $0.execute(sql: "DELETE FROM session WHERE account = ?", arguments: [account]) }
    }

    /// Whose session it is, and the token that its forms must carry; nil when it is unknown or over.
    public func session(_ secret: String) async throws -> Session? {
        let (hash, at) = (Token.hash(secret), now())
        let found = try await store.read { db -> (session: Session, used: Date, created: Date)? in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT session.* FROM session JOIN account ON account.name = session.account
                        WHERE hash = ? AND disabledAt IS NULL
                        """, arguments: [hash])
            else { return nil }
            let account: String = row["account"]
            let principal = Principal(
                actor: Actor(name: account, kind: .account), grants: try Self.grants(of: account, db))
            let session = Session(principal: principal, csrf: row["csrf"], provider: row["provider"])
            return (session, row["usedAt"], row["createdAt"])
        }
        guard let (session, used, created) = found else { return nil }
        guard at.timeIntervalSince(used) < Self.idleLimit, at.timeIntervalSince(created) < Self.absoluteLimit else {
            return nil
        }
        if at.timeIntervalSince(used) > Self.useInterval {
            try await store.write {
                try $0.execute(sql: "UPDATE session SET usedAt = ? WHERE hash = ?", arguments: [at, hash])
            }
        }
        return session
    }

    /// Scrypt of a password that nobody knows.
    private static let nobodysHash: String = (try? Password.hash(Token.make(prefix: ""))) ?? ""
}
