public import GRDB
public import struct Foundation.Date

/// Something that happened, for pages and clients that follow.
public struct Event: Hashable, Sendable, Codable, Identifiable {
    /// Grows by one with every event: a follower goes on after the last one it saw.
    public var id: Int64
    public var at: Date
    /// What changed: `app/1`, `build/12`, `deploy/3`, `rollout/7`, `environment/1`.
    public var topic: String
    /// `queued`, `step`, `ended`, …
    public var kind: String
}

extension Store {
    /// Appends an event in the transaction that `db` is in.
    public static func log(_ topic: String, _ kind: String, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO event (at, topic, kind) VALUES (?, ?, ?)", arguments: [Date(), topic, kind])
    }

    /// Events after `id` whose topic is one of `topics` (all when empty), oldest first, at most `limit`.
    public func events(after id: Int64, topics: [String] = [], limit: Int = 500) async throws -> [Event] {
        try await read { db in
            let filter = topics.isEmpty ? "" : "AND topic IN (\(topics.map { _ in "?" }.joined(separator: ", ")))"
            let rows = try Row.fetchAll(
                db, sql: "SELECT id, at, topic, kind FROM event WHERE id > ? \(filter) ORDER BY id LIMIT ?",
                arguments: StatementArguments([id]) + StatementArguments(topics) + StatementArguments([limit]))
            return rows.map { Event(id: $0["id"], at: $0["at"], topic: $0["topic"], kind: $0["kind"]) }
        }
    }

    /// Id of the newest event; 0 when there is none.
    public func lastEventID() async throws -> Int64 {
        try await read { try Int64.fetchOne($0, sql: "SELECT MAX(id) FROM event") ?? 0 }
    }

    static let eventMigration = Migration("store-1-events") { db in
        try db.create(table: "event") { t in
            t.autoIncrementedPrimaryKey("id")
            t.column("at", .datetime).notNull()
            t.column("topic", .text).notNull()
            t.column("kind", .text).notNull()
        }
    }
}
