import GRDB
import Model
import Store

/// Who did what, when and from where. Entries are added and read; the database refuses to change or remove one.
public final class AuditLog: Sendable {
    private let store: Store

    init(store: Store) { self.store = store }

    static let migration = Migration("access-3-audit") { db in
        try db.create(table: "audit") { t in
            t.autoIncrementedPrimaryKey("id")
            t.column("at", .datetime).notNull()
            t.column("actor", .text).notNull().indexed()
            t.column("kind", .text).notNull()
            t.column("address", .text).notNull()
            t.column("action", .text).notNull().indexed()
            t.column("outcome", .text).notNull()
            t.column("app", .text).indexed()
            t.column("environment", .text)
            t.column("subject", .text)
            t.column("before", .text)
            t.column("after", .text)
        }
        for change in ["UPDATE", "DELETE"] {
            try db.execute(
                sql: """
                    CREATE TRIGGER auditRefuses\(change) BEFORE \(change) ON audit
                    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
                    """)
        }
        // INSERT OR REPLACE removes a row without its trigger.
        try db.execute(
            sql: """
                CREATE TRIGGER auditRefusesREPLACE BEFORE INSERT ON audit
                WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
                BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
                """)
    }

    /// Appends the entry, with the next number in place of its own.
    public func record(_ entry: AuditEntry) async throws {
        try await store.write { db in
            try db.execute(
                sql: """
                    INSERT INTO audit (at, actor, kind, address, action, outcome, app, environment, subject, before, after)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    entry.at, entry.actor, entry.kind, entry.address, entry.action, entry.outcome.rawValue, entry.app,
                    entry.environment, entry.subject, entry.before, entry.after,
                ])
        }
    }

    /// The newest entries that the filter lets through, newest first.
    public func entries(_ filter: AuditFilter = AuditFilter(), limit: Int) async throws -> [AuditEntry] {
        try await store.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM audit
                    WHERE (?1 IS NULL OR actor = ?1)
                        AND (?2 IS NULL OR action = ?2 OR substr(action, 1, length(?2) + 1) = ?2 || '.')
                        AND (?3 IS NULL OR outcome = ?3) AND (?4 IS NULL OR app = ?4)
                        AND (?5 IS NULL OR environment = ?5) AND (?6 IS NULL OR id < ?6)
                    ORDER BY id DESC LIMIT ?7
                    """,
                arguments: [
                    filter.actor, filter.action, filter.outcome?.rawValue, filter.app, filter.environment,
                    filter.before, limit,
                ]
            ).map(AuditEntry.init)
        }
    }
}

extension AuditEntry {
    init(_ row: Row) {
        self.init(
            id: row["id"], at: row["at"], actor: row["actor"], kind: row["kind"], address: row["address"],
            action: row["action"], outcome: Outcome(rawValue: row["outcome"]) ?? .failed, app: row["app"],
            environment: row["environment"], subject: row["subject"], before: row["before"], after: row["after"])
    }
}
