public import Foundation
import GRDB
import Model
import Secrets
import Store

/// A token of a program, without its secret.
public struct AccessToken: Hashable, Sendable, Identifiable {
    public var id: Int64
    public var name: String
    /// Whose rights it has; nil for the machine's own.
    public var account: String?
    public var bounds: TokenBounds
    public var createdAt: Date
    public var expiresAt: Date?
    /// When it was last used, to the minute.
    public var usedAt: Date?
}

extension Access {
    /// Makes a token for a program; the secret is returned once and stored hashed. It can do what `account` can (with
    /// nil: what the machine can, which is everything), within `bounds`.
    public func makeToken(
        named name: String, account: String? = nil, bounds: TokenBounds = TokenBounds(),
        expiresAfter seconds: TimeInterval? = nil
    ) async throws -> String {
        guard !name.isEmpty, name.count <= 100, !name.contains(where: { $0.isNewline || $0 == "/" }) else {
            throw Failure(.invalid, "That can't be a token's name", hint: "1 to 100 characters, no slash.")
        }
        let secret = Token.make(prefix: "slp_")
        let (at, rights) = (now(), bounds.rights.map { $0.map(\.rawValue).sorted().joined(separator: ",") })
        try await store.write { db in
            try db.execute(
                sql: """
                    INSERT INTO token (hash, name, account, rights, appID, environmentID, createdAt, expiresAt)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Token.hash(secret), name, account, rights, bounds.scope.appID, bounds.scope.environmentID, at,
                    seconds.map { at.addingTimeInterval($0) },
                ])
        }
        return secret
    }

    /// All tokens but those of deploys, newest first.
    public func tokens() async throws -> [AccessToken] {
        try await store.read {
            try Row.fetchAll($0, sql: "SELECT * FROM token WHERE deployID IS NULL ORDER BY id DESC").map(
                AccessToken.init)
        }
    }

    /// Ends a token and returns what it was. Throws `.notFound`.
    @discardableResult
    public func revokeToken(_ id: Int64) async throws -> AccessToken {
        guard let token = try await tokens().first(where: { $0.id == id }) else {
            throw Failure(.notFound, "There is no token \(id)", hint: "slipway tokens list shows them.")
        }
        try await store.write { try $0.execute(sql: "DELETE FROM token WHERE id = ?", arguments: [id]) }
        return token
    }

    /// Makes the token of a deploy's script, good for that environment alone.
    public func makeDeployToken(deploy: Int64, environment: Int64) async throws -> String {
        let (secret, at) = (Token.make(prefix: "slp_"), now())
        try await store.write { db in
            try db.execute(
                sql: "DELETE FROM token WHERE deployID IS NOT NULL AND expiresAt < ?", arguments: [at])
            try db.execute(
                sql: """
                    INSERT INTO token (hash, name, deployID, deployEnvironmentID, createdAt, expiresAt)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Token.hash(secret), "deploy \(deploy)", deploy, environment, at,
                    at.addingTimeInterval(Self.deployTokenLife),
                ])
        }
        return secret
    }

    /// Ends all tokens of a deploy's script.
    public func revokeDeployTokens(deploy: Int64) async throws {
        try await store.write { try $0.execute(sql: "DELETE FROM token WHERE deployID = ?", arguments: [deploy]) }
    }

    /// Whose token it is and what it may; nil when it is unknown, revoked or over, or its owner is disabled.
    public func principal(token secret: String) async throws -> Principal? {
        let (hash, at) = (Token.hash(secret), now())
        let found = try await store.read { db -> (id: Int64, principal: Principal, used: Date?)? in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT token.* FROM token LEFT JOIN account ON account.name = token.account
                    WHERE hash = ? AND (expiresAt IS NULL OR expiresAt > ?) AND disabledAt IS NULL
                    """, arguments: [hash, at])
            return try row.map { ($0["id"], try Self.principal(of: $0, db), $0["usedAt"]) }
        }
        guard let (id, principal, used) = found else { return nil }
        if used.map({ at.timeIntervalSince($0) > Self.useInterval }) ?? true {
            try await store.write {
                try $0.execute(sql: "UPDATE token SET usedAt = ? WHERE id = ?", arguments: [at, id])
            }
        }
        return principal
    }

    private static func principal(of row: Row, _ db: Database) throws -> Principal {
        let name: String = row["name"]
        if let deploy = row["deployID"] as Int64? {
            return Principal(
                actor: Actor(name: name, kind: .deploy(id: deploy, environmentID: row["deployEnvironmentID"])))
        }
        let token = AccessToken(row)
        let machine = Grant(id: 0, subject: .everyone, allowance: .role(.admin))
        return Principal(
            actor: Actor(
                name: token.account.map { "\($0)/\(name)" } ?? name, kind: .token(id: token.id, owner: token.account)),
            grants: try token.account.map { try grants(of: $0, db) } ?? [machine], bounds: token.bounds)
    }

    /// Longer than any script runs.
    private static let deployTokenLife: TimeInterval = 24 * 3600
}

extension AccessToken {
    init(_ row: Row) {
        let rights: String? = row["rights"]
        id = row["id"]
        name = row["name"]
        account = row["account"]
        bounds = TokenBounds(
            rights: rights.map { Set($0.split(separator: ",").compactMap { Right(rawValue: String($0)) }) },
            scope: Scope(appID: row["appID"], environmentID: row["environmentID"]))
        createdAt = row["createdAt"]
        expiresAt = row["expiresAt"]
        usedAt = row["usedAt"]
    }
}
