public import Foundation
import GRDB
import Model
import Secrets
public import Store

/// Accounts, sessions and tokens: who is it that asks.
///
/// Secrets are stored hashed, passwords with scrypt, the random ones with SHA-256; none can be read back.
public final class Access: Sendable {
    private let store: Store
    private let now: @Sendable () -> Date
    private let attempts = SignInAttempts()

    /// A session ends this long after its last use.
    public static let idleLimit: TimeInterval = 7 * 24 * 3600
    /// A session ends this long after the sign-in, used or not.
    public static let absoluteLimit: TimeInterval = 30 * 24 * 3600

    public init(store: Store, now: @escaping @Sendable () -> Date = { Date() }) {
        self.store = store
        self.now = now
    }

    /// Makes the account `admin` unless there is any account, and returns its password: the only time it can be seen.
    public func makeFirstAccount() async throws -> String? {
        guard try await store.read({ try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM account") }) == 0 else {
            return nil
        }
        let password = Token.make(prefix: "")
        try await setPassword(password, of: "admin")
        return password
    }

    /// Makes the account or gives it a new password; its sessions end.
    public func setPassword(_ password: String, of account: String) async throws {
        let hash = try Password.hash(password)
        let created = now()
        try await store.write { db in
            try db.execute(
                sql: """
                    INSERT INTO account (name, passwordHash, createdAt) VALUES (?, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET passwordHash = excluded.passwordHash
                    """, arguments: [account, hash, created])
            try db.execute(sql: "DELETE FROM session WHERE account = ?", arguments: [account])
        }
    }

    /// Returns a new session's secret for the cookie. Throws `.unauthorized` for a wrong name or password, the same for
    /// both, and `.forbidden` for a while after five wrong tries in a row.
    public func signIn(account: String, password: String) async throws -> String {
        let at = now()
        guard attempts.mayTry(account, at: at) else {
            throw Failure(.forbidden, "Too many wrong passwords for \(account)", hint: "Try again in a minute.")
        }
        let hash = try await store.read {
            try String.fetchOne($0, sql: "SELECT passwordHash FROM account WHERE name = ?", arguments: [account])
        }
        // An unknown name costs as much time as a known one.
        guard Password.verify(password, against: hash ?? Self.nobodysHash), hash != nil else {
            attempts.failed(account, at: at)
            throw Failure(.unauthorized, "That name and password don't match an account")
        }
        attempts.succeeded(account)
        let secret = Token.make(prefix: "sls_")
        try await store.write { db in
            try db.execute(
                sql: "INSERT INTO session (hash, account, csrf, createdAt, usedAt) VALUES (?, ?, ?, ?, ?)",
                arguments: [Token.hash(secret), account, Token.make(prefix: ""), at, at])
        }
        return secret
    }

    /// Ends the session; a session that doesn't exist is no error.
    public func signOut(session: String) async throws {
        let hash = Token.hash(session)
        try await store.write { try $0.execute(sql: "DELETE FROM session WHERE hash = ?", arguments: [hash]) }
    }

    /// Whose session it is, and the token that its forms must carry; nil when it is unknown or over.
    public func session(_ secret: String) async throws -> Session? {
        let (hash, at) = (Token.hash(secret), now())
        let found = try await store.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM session WHERE hash = ?", arguments: [hash]).map { row in
                let session = Session(actor: Actor(name: row["account"], kind: .account), csrf: row["csrf"])
                return (session: session, used: row["usedAt"] as Date, created: row["createdAt"] as Date)
            }
        }
        guard let (session, used, created) = found else { return nil }
        guard at.timeIntervalSince(used) < Self.idleLimit, at.timeIntervalSince(created) < Self.absoluteLimit else {
            return nil
        }
        if at.timeIntervalSince(used) > 60 {
            try await store.write {
                try $0.execute(sql: "UPDATE session SET usedAt = ? WHERE hash = ?", arguments: [at, hash])
            }
        }
        return session
    }

    /// Makes a token for a program; the secret is returned once and stored hashed.
    public func makeToken(named name: String, expiresAfter seconds: TimeInterval? = nil) async throws -> String {
        try await makeToken(Actor(name: name, kind: .token), seconds: seconds)
    }

    /// Makes the token of a deploy's script, good for that environment alone.
    public func makeDeployToken(deploy: Int64, environment: Int64) async throws -> String {
        try await makeToken(
            Actor(name: "deploy \(deploy)", kind: .deploy(id: deploy, environmentID: environment)), seconds: 24 * 3600)
    }

    /// Ends all tokens of a deploy's script.
    public func revokeDeployTokens(deploy: Int64) async throws {
        try await store.write {
            try $0.execute(
                sql: "DELETE FROM token WHERE name = ? AND actor LIKE '%\"deploy\"%'", arguments: ["deploy \(deploy)"])
        }
    }

    /// Whose token it is; nil when it is unknown, revoked or over.
    public func actor(token: String) async throws -> Actor? {
        let (hash, at) = (Token.hash(token), now())
        let text = try await store.read {
            try String.fetchOne(
                $0, sql: "SELECT actor FROM token WHERE hash = ? AND (expiresAt IS NULL OR expiresAt > ?)",
                arguments: [hash, at])
        }
        guard let text else { return nil }
        return try JSONDecoder().decode(Actor.self, from: Data(text.utf8))
    }

    private func makeToken(_ actor: Actor, seconds: TimeInterval?) async throws -> String {
        let secret = Token.make(prefix: "slp_")
        let text = String(decoding: try JSONEncoder().encode(actor), as: UTF8.self)
        let at = now()
        try await store.write { db in
            try db.execute(
                sql: "INSERT INTO token (hash, name, actor, createdAt, expiresAt) VALUES (?, ?, ?, ?, ?)",
                arguments: [Token.hash(secret), actor.name, text, at, seconds.map { at.addingTimeInterval($0) }])
        }
        return secret
    }

    /// Scrypt of a password that nobody knows.
    private static let nobodysHash: String = (try? Password.hash(Token.make(prefix: ""))) ?? ""
}

/// A browser's session.
public struct Session: Hashable, Sendable {
    public var actor: Actor
    /// Every form that changes something carries it.
    public var csrf: String

    public init(actor: Actor, csrf: String) {
        self.actor = actor
        self.csrf = csrf
    }
}
