import GRDB
import Model
import Store

extension Access {
    /// All grants, in the order in which they were given.
    public func grants() async throws -> [Grant] {
        try await store.read { try Row.fetchAll($0, sql: "SELECT * FROM \"grant\" ORDER BY id").compactMap(Grant.init) }
    }

    /// Gives a role or a right. Throws `.notFound` for an unknown account or team, `.conflict` for what was given before.
    public func addGrant(
        to subject: Grant.Subject, _ allowance: Allowance, scope: Scope = .everything
    ) async throws -> Grant {
        var (account, team): (String?, String?) = (nil, nil)
        switch subject {
        case .account(let name): account = try await self.account(name).name
        case .team(let name): team = try await self.team(name).name
        case .everyone: break
        }
        let isGiven = try await grants().contains {
            $0.subject == subject && $0.allowance == allowance && $0.scope == scope
        }
        guard !isGiven else { throw Failure(.conflict, "That was granted before") }
        let at = now()
        return try await store.write { [account, team] db in
            try db.execute(
                sql: """
                    INSERT INTO "grant" (account, team, allowance, appID, environmentID, createdAt)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """, arguments: [account, team, allowance.name, scope.appID, scope.environmentID, at])
            return Grant(id: db.lastInsertedRowID, subject: subject, allowance: allowance, scope: scope)
        }
    }

    /// Takes a grant back and returns it. Throws `.notFound`, and `.conflict` with `keepingAnAdmin` where nobody
    /// administers without it.
    @discardableResult
    public func removeGrant(_ id: Int64, keepingAnAdmin: Bool = false) async throws -> Grant {
        guard let grant = try await grants().first(where: { $0.id == id }) else {
            throw Failure(.notFound, "There is no grant \(id)", hint: "slipway grants lists them.")
        }
        try await change(keepingAnAdmin: keepingAnAdmin) {
            try $0.execute(sql: "DELETE FROM \"grant\" WHERE id = ?", arguments: [id])
        }
        return grant
    }

    /// Takes back what was granted on an app that is gone, and ends the tokens that were for it alone.
    public func forget(app id: Int64) async throws {
        try await store.write { db in
            try db.execute(sql: "DELETE FROM \"grant\" WHERE appID = ?", arguments: [id])
            try db.execute(sql: "DELETE FROM token WHERE appID = ?", arguments: [id])
        }
    }

    /// What the account has been granted itself, as a member of teams, and as everyone.
    static func grants(of account: String, _ db: Database) throws -> [Grant] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM "grant"
                WHERE account = ?1 OR team IN (SELECT team FROM teamMember WHERE account = ?1)
                    OR (account IS NULL AND team IS NULL)
                ORDER BY id
                """, arguments: [account]
        ).compactMap(Grant.init)
    }
}

extension Grant {
    /// Nil where a role or right is not one of ours: what isn't known gives nothing.
    init?(_ row: Row) {
        guard let allowance = Allowance(row["allowance"] as String) else { return nil }
        let (account, team): (String?, String?) = (row["account"], row["team"])
        self.init(
            id: row["id"], subject: account.map(Subject.account) ?? team.map(Subject.team) ?? .everyone,
            allowance: allowance, scope: Scope(appID: row["appID"], environmentID: row["environmentID"]))
    }
}
