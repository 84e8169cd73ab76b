import Foundation
import GRDB
import Model
import Secrets
import Store

extension Access {
    /// Seconds from the button to the way back.
    static let attemptLife: TimeInterval = 600
    /// Attempts that are kept; the oldest go first.
    private static let mostAttempts = 10_000

    /// Keeps the attempt; returns the secret of the cookie that binds it to one browser.
    func keep(_ attempt: SignInAttempt) async throws -> String {
        let (secret, at) = (Token.make(prefix: "sli_"), now())
        try await store.write { db in
            try db.execute(sql: "DELETE FROM signInAttempt WHERE createdAt < ?", arguments: [at - Self.attemptLife])
            try db.execute(
                sql: """
                    DELETE FROM signInAttempt WHERE hash IN (
                        SELECT hash FROM signInAttempt ORDER BY createdAt DESC LIMIT -1 OFFSET ?)
                    """, arguments: [Self.mostAttempts - 1])
            try db.execute(
                sql: """
                    INSERT INTO signInAttempt (hash, provider, state, nonce, verifier, callback, next, createdAt)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Token.hash(secret), attempt.provider, attempt.state, attempt.nonce, attempt.verifier,
                    attempt.callback, attempt.next, at,
                ])
        }
        return secret
    }

    /// Gives the attempt out, once; nil when it is unknown, used or over.
    func takeAttempt(_ secret: String) async throws -> SignInAttempt? {
        let (hash, at) = (Token.hash(secret), now())
        return try await store.write { db in
            let row = try Row.fetchOne(db, sql: "SELECT * FROM signInAttempt WHERE hash = ?", arguments: [hash])
            try db.execute(sql: "DELETE FROM signInAttempt WHERE hash = ?", arguments: [hash])
            guard let row, at.timeIntervalSince(row["createdAt"]) < Self.attemptLife else { return nil }
            return SignInAttempt(
                provider: row["provider"], state: row["state"], nonce: row["nonce"], verifier: row["verifier"],
                callback: row["callback"], next: row["next"])
        }
    }
}
