import Foundation
import GRDB
import Model
import Store
import Synchronization

/// A rollout with the facts about it that only this target needs.
struct RolloutRecord: Sendable {
    var rollout: Rollout
    /// Nil until it begins.
    var generation: Int64?
    var previousGeneration: Int64?
    /// Which rollout made each part of the units; nil: all are of the generation.
    var parts: PartGenerations?
    var previousParts: PartGenerations?
    var isForced = false
    var isRemoval = false
    var cancelRequested = false
    var problem: String?
    var pulledAt: Date?

    var key: ServiceKey {
        ServiceKey(environmentID: rollout.environmentID, stack: rollout.stack, service: rollout.service)
    }

    /// What units are to be now; nil: nothing.
    var goal: UnitGoal? { rollout.state == .rollingBack ? before : after }

    /// What units were, or while going back what they were to become.
    var other: UnitGoal? { rollout.state == .rollingBack ? after : before }

    /// What the rollout brings in.
    private var after: UnitGoal {
        UnitGoal(spec: rollout.spec, generation: generation ?? rollout.id, parts: parts)
    }

    /// What ran before it.
    private var before: UnitGoal? {
        guard let spec = rollout.previous, let previousGeneration else { return nil }
        return UnitGoal(spec: spec, generation: previousGeneration, parts: previousParts)
    }
}

extension RolloutRecord {
    init(row: Row) throws {
        rollout = Rollout(
            id: row["id"], environmentID: row["environmentID"], stack: row["stack"], service: row["service"],
            deployID: row["deployID"], revision: (row["revision"] as String?).flatMap(SHA.init),
            spec: try JSONText.decode(row["spec"]), previous: try (row["previous"] as String?).map(JSONText.decode),
            options: try JSONText.decode(row["options"]), state: Rollout.State(rawValue: row["state"]) ?? .failed,
            reason: row["reason"], queuedAt: row["queuedAt"], startedAt: row["startedAt"], deadline: row["deadline"],
            endedAt: row["endedAt"], serving: row["serving"])
        generation = row["generation"]
        previousGeneration = row["previousGeneration"]
        parts = try (row["parts"] as String?).map(JSONText.decode)
        previousParts = try (row["previousParts"] as String?).map(JSONText.decode)
        isForced = row["isForced"]
        isRemoval = row["isRemoval"]
        cancelRequested = row["cancelRequested"]
        problem = row["problem"]
        pulledAt = row["pulledAt"]
    }

    /// States in which containers are being changed.
    static let atWork = "('rolling', 'rolling-back')"
    static let open = "('queued', 'rolling', 'rolling-back')"

    static func fetch(_ db: Database, where condition: String, _ arguments: StatementArguments) throws
        -> [RolloutRecord]
    {
        try Array(
            Row.fetchCursor(
                db.cachedStatement(sql: "SELECT * FROM rollout WHERE \(condition)"), arguments: arguments
            ).map { try RolloutRecord(row: $0) })
    }

    static func find(_ db: Database, id: Int64) throws -> RolloutRecord? {
        try fetch(db, where: "id = ?", [id]).first
    }

    /// What a generation of a service is made from: the spec of the rollout that brought it.
    static func spec(_ db: Database, generation: Int64) throws -> ServiceSpec? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT spec FROM rollout WHERE id = ?"), arguments: [generation]
        ).map(JSONText.decode)
    }

    static func ofService(_ db: Database, _ key: ServiceKey, and condition: String) throws -> [RolloutRecord] {
        try fetch(
            db, where: "environmentID = ? AND stack = ? AND service = ? AND \(condition) ORDER BY id",
            [key.environmentID, key.stack, key.service])
    }

    /// The last of a service that changed, or may have changed, what runs: one that was cancelled while it waited did not.
    static func lastBegun(_ db: Database, _ key: ServiceKey) throws -> RolloutRecord? {
        try fetch(
            db,
            where: "environmentID = ? AND stack = ? AND service = ? AND startedAt IS NOT NULL ORDER BY id DESC LIMIT 1",
            [key.environmentID, key.stack, key.service]
        ).first
    }

    /// Queues it; sets its id.
    mutating func insert(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO rollout (environmentID, stack, service, deployID, revision, spec, previous, options, state,
                queuedAt, isForced, isRemoval) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                rollout.environmentID, rollout.stack, rollout.service, rollout.deployID, rollout.revision?.description,
                try JSONText.encode(rollout.spec), try rollout.previous.map(JSONText.encode),
                try JSONText.encode(rollout.options), rollout.state.rawValue, rollout.queuedAt, isForced, isRemoval,
            ])
        rollout.id = db.lastInsertedRowID
        try Store.log("rollout/\(rollout.id)", "queued", in: db)
    }

    /// Writes everything that changes in a rollout's life but `serving` and `cancelRequested`, which others write.
    func update(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE rollout SET previous = ?, state = ?, reason = ?, startedAt = ?, deadline = ?, endedAt = ?,
                generation = ?, previousGeneration = ?, parts = ?, previousParts = ?, problem = ?, pulledAt = ?
                WHERE id = ?
                """,
            arguments: [
                try rollout.previous.map(JSONText.encode), rollout.state.rawValue, rollout.reason, rollout.startedAt,
                rollout.deadline, rollout.endedAt, generation, previousGeneration, try parts.map(JSONText.encode),
                try previousParts.map(JSONText.encode), problem, pulledAt,
                rollout.id,
            ])
    }

    /// Adds a line to the batch log; what a restart says again stands there once.
    static func note(_ db: Database, _ id: Int64, _ text: String, at now: Date, kind: String = "log") throws {
        let last = try String.fetchOne(
            db, sql: "SELECT text FROM rolloutEntry WHERE rolloutID = ? ORDER BY id DESC LIMIT 1", arguments: [id])
        guard last != text else { return }
        try db.execute(
            sql: "INSERT INTO rolloutEntry (rolloutID, at, text) VALUES (?, ?, ?)", arguments: [id, now, text])
        try Store.log("rollout/\(id)", kind, in: db)
    }

    /// The rollout with its batch log.
    func withLog(_ db: Database) throws -> Rollout {
        var rollout = rollout
        rollout.log = try Row.fetchAll(
            db, sql: "SELECT at, text FROM rolloutEntry WHERE rolloutID = ? ORDER BY id", arguments: [rollout.id]
        ).map { Rollout.Entry(at: $0["at"], text: $0["text"]) }
        return rollout
    }
}

/// Values kept as JSON in a column.
enum JSONText {
    private struct Key: Hashable {
        var type: ObjectIdentifier
        var text: String
    }

    /// What was decoded before: every look at a service reads several specs, and they hardly ever change.
    private static let known = Mutex<[Key: any Sendable]>([:])

    static func encode(_ value: some Encodable) throws -> String {
        String(decoding: try JSONCoding.encoder.encode(value), as: UTF8.self)
    }

    static func decode<T: Decodable & Sendable>(_ text: String) throws -> T {
        let key = Key(type: ObjectIdentifier(T.self), text: text)
        if let value = known.withLock({ $0[key] }) as? T { return value }
        let value = try JSONCoding.decoder.decode(T.self, from: Data(text.utf8))
        known.withLock { known in
            if known.count >= 2048 { known = [:] }
            known[key] = value
        }
        return value
    }
}
