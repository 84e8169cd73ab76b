public import Foundation
public import GRDB
public import Model
public import Store

/// The steps of builds and deploys in the database.
public struct StepTable: Sendable {
    let store: Store

    public init(store: Store) {
        self.store = store
    }

    /// The table of steps.
    public static let migrations: [Migration] = [
        Migration("pipeline-1-steps") { db in
            try db.create(table: "step") { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("ownerKind", .text).notNull()
                t.column("ownerID", .integer).notNull()
                t.column("index", .integer).notNull()
                t.column("record", .text).notNull()
                t.column("state", .text).notNull()
                t.column("exitStatus", .integer)
                t.column("reason", .text)
                t.column("startedAt", .datetime)
                t.column("endedAt", .datetime)
                t.uniqueKey(["ownerKind", "ownerID", "index"])
            }
        }
    ]

    /// Records the steps of `owner` unless it has some already.
    public func plan(_ records: [StepRecord], for owner: Step.Owner) async throws {
        let texts = try records.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        try await store.write { db in
            let count = try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM step WHERE ownerKind = ? AND ownerID = ?",
                arguments: [owner.kind, owner.id])
            guard count == 0 else { return }
            for (index, text) in texts.enumerated() {
                try db.execute(
                    sql:
                        "INSERT INTO step (ownerKind, ownerID, \"index\", record, state) VALUES (?, ?, ?, ?, 'waiting')",
                    arguments: [owner.kind, owner.id, index, text])
            }
            try Store.log(owner.topic, "planned", in: db)
        }
    }

    /// The steps in order, with what they were recorded from.
    func rows(of owner: Step.Owner) async throws -> [(step: Step, record: StepRecord)] {
        try await store.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM step WHERE ownerKind = ? AND ownerID = ? ORDER BY \"index\"",
                arguments: [owner.kind, owner.id]
            ).map { row in
                let text: String = row["record"]
                let record = try JSONDecoder().decode(StepRecord.self, from: Data(text.utf8))
                return (Step(row: row, record: record, owner: owner), record)
            }
        }
    }

    /// The steps in order.
    public func steps(of owner: Step.Owner) async throws -> [Step] {
        try await rows(of: owner).map(\.step)
    }

    func setRunning(_ step: Step, at time: Date) async throws {
        try await update(step, "state = 'running', startedAt = ?", [time])
    }

    /// Says of a step that runs what it waits for, or of one that has ended why it did.
    func setReason(_ step: Step, _ reason: String?) async throws {
        try await update(step, "reason = ?", [reason])
    }

    func setSkipped(_ step: Step) async throws {
        try await update(step, "state = 'skipped'", [])
    }

    func end(_ step: Step, _ state: Step.State, exitStatus: Int32?, reason: String?, at time: Date) async throws {
        try await update(
            step, "state = ?, exitStatus = ?, reason = ?, endedAt = ?", [state.rawValue, exitStatus, reason, time])
    }

    /// Logs of the steps that had begun, from the folder of logs: `builds/12/3.log`. For a copy of a database they are
    /// all that belongs to it, although more are written meanwhile.
    public func logs() async throws -> [String] {
        try await store.read { db in
            try Row.fetchAll(
                db, sql: "SELECT ownerKind, ownerID, \"index\" FROM step WHERE startedAt IS NOT NULL ORDER BY id"
            ).map { row in
                let (kind, owner, index): (String, Int64, Int) = (row["ownerKind"], row["ownerID"], row["index"])
                return "\(kind)s/\(owner)/\(index).log"
            }
        }
    }

    /// Ends what was under way where its processes are not: running steps are lost, waiting ones are skipped.
    public static func abandon(_ owner: Step.Owner, at time: Date, in db: Database) throws {
        try db.execute(
            sql: """
                UPDATE step SET state = CASE state WHEN 'running' THEN 'lost' ELSE 'skipped' END,
                    reason = CASE state WHEN 'running' THEN 'It was running when the backup was made' ELSE reason END,
                    endedAt = CASE state WHEN 'running' THEN ? ELSE endedAt END
                WHERE ownerKind = ? AND ownerID = ? AND state IN ('running', 'waiting')
                """, arguments: [time, owner.kind, owner.id])
    }

    private func update(_ step: Step, _ assignments: String, _ arguments: StatementArguments) async throws {
        try await store.write { db in
            try db.execute(
                sql: "UPDATE step SET \(assignments) WHERE id = ?", arguments: arguments + StatementArguments([step.id])
            )
            try Store.log(step.owner.topic, "step", in: db)
        }
    }
}

extension Step.Owner {
    var kind: String {
        switch self {
        case .build: "build"
        case .deploy: "deploy"
        }
    }

    /// Row id of the build or the deploy.
    public var id: Int64 {
        switch self {
        case .build(let id), .deploy(let id): id
        }
    }

    /// The topic of its events.
    public var topic: String { "\(kind)/\(id)" }
}

extension Step {
    init(row: Row, record: StepRecord, owner: Owner) {
        self.init(
            id: row["id"], owner: owner, index: row["index"], name: record.name, command: record.command,
            condition: record.condition, state: State(rawValue: row["state"]) ?? .lost, exitStatus: row["exitStatus"],
            reason: row["reason"], startedAt: row["startedAt"], endedAt: row["endedAt"])
    }
}
