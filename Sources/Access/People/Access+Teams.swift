import GRDB
import Model
import Store

extension Access {
    /// All teams, by name.
    public func teams() async throws -> [Team] {
        try await store.read { db in
            let members = try Row.fetchAll(db, sql: "SELECT team, account FROM teamMember ORDER BY account")
            return try String.fetchAll(db, sql: "SELECT name FROM team ORDER BY name").map { name in
                Team(name: name, members: members.filter { $0["team"] == name }.map { $0["account"] })
            }
        }
    }

    /// Throws `.notFound`.
    public func team(_ name: String) async throws -> Team {
        guard let team = try await teams().first(where: { $0.name == name }) else {
            throw Failure(.notFound, "There is no team \(name)", hint: "slipway teams lists them.")
        }
        return team
    }

    /// Adds a team without members.
    @discardableResult
    public func addTeam(_ name: String) async throws -> Team {
        try AccountRules.check(name: name, of: "a team")
        let at = now()
        try await store.write { db in
            try db.execute(
                sql: "INSERT INTO team (name, createdAt) VALUES (?, ?) ON CONFLICT DO NOTHING", arguments: [name, at])
            guard db.changesCount == 1 else { throw Failure(.conflict, "There is a team \(name) already") }
        }
        return Team(name: name, members: [])
    }

    /// Removes the team with its grants; its members stay. Throws `.conflict` with `keepingAnAdmin` where only they
    /// administer, by the team.
    public func removeTeam(_ name: String, keepingAnAdmin: Bool = false) async throws {
        _ = try await team(name)
        try await change(keepingAnAdmin: keepingAnAdmin) {
            try $0.execute(sql: "DELETE FROM team WHERE name = ?", arguments: [name])
        }
    }

    /// Takes the account into the team; one that is in it already stays.
    public func addMember(_ account: String, to team: String) async throws {
        _ = (try await self.team(team), try await self.account(account))
        try await store.write {
            try $0.execute(
                sql: "INSERT INTO teamMember (team, account) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [team, account])
        }
    }

    /// Takes the account out of the team; one that isn't in it is no error. Throws `.conflict` with `keepingAnAdmin`
    /// where only it administers, by the team.
    public func removeMember(_ account: String, from team: String, keepingAnAdmin: Bool = false) async throws {
        _ = try await self.team(team)
        try await change(keepingAnAdmin: keepingAnAdmin) {
            try $0.execute(
                sql: "DELETE FROM teamMember WHERE team = ? AND account = ?", arguments: [team, account])
        }
    }
}
