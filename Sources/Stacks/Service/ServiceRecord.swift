import Foundation
import GRDB
import Model

/// What a service shall be when no rollout is at work.
struct ServiceRecord: Sendable {
    var key: ServiceKey
    var spec: ServiceSpec
    /// The generation of its containers.
    var generation: Int64
    /// Which rollout made each part of its units; nil: all are of `generation`.
    var parts: PartGenerations?

    init(key: ServiceKey, spec: ServiceSpec, generation: Int64, parts: PartGenerations? = nil) {
        self.key = key
        self.spec = spec
        self.generation = generation
        self.parts = parts
    }

    var goal: UnitGoal { UnitGoal(spec: spec, generation: generation, parts: parts) }

    init(row: Row) throws {
        key = ServiceKey(environmentID: row["environmentID"], stack: row["stack"], service: row["name"])
        spec = try JSONText.decode(row["spec"])
        generation = row["generation"]
        parts = try (row["parts"] as String?).map(JSONText.decode)
    }

    static func all(_ db: Database, environment: Int64? = nil, stack: String? = nil) throws -> [ServiceRecord] {
        try Array(
            Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT * FROM service WHERE (?1 IS NULL OR environmentID = ?1) AND (?2 IS NULL OR stack = ?2)
                        ORDER BY environmentID, stack, name
                        """), arguments: [environment, stack]
            ).map { try ServiceRecord(row: $0) })
    }

    static func find(_ db: Database, _ key: ServiceKey) throws -> ServiceRecord? {
        try all(db, environment: key.environmentID, stack: key.stack).first { $0.key == key }
    }

    func save(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO service (environmentID, stack, name, spec, generation, parts) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET spec = excluded.spec, generation = excluded.generation, parts = excluded.parts
                """,
            arguments: [
                key.environmentID, key.stack, key.service, try JSONText.encode(spec), generation,
                try parts.map(JSONText.encode),
            ])
    }

    static func delete(_ db: Database, _ key: ServiceKey) throws {
        try db.execute(
            sql: "DELETE FROM service WHERE environmentID = ? AND stack = ? AND name = ?",
            arguments: [key.environmentID, key.stack, key.service])
    }
}

/// What can't be seen on a container itself.
struct ContainerRecord: Sendable, Hashable {
    var id: String
    var key: ServiceKey
    var generation: Int64
    var slot: Int
    /// Name of its service, where it is a sidekick.
    var sidekick: String?
    var address: String?
    /// In the network that all stacks of the environment share.
    var sharedAddress: String?
    var admittedAt: Date?
    var drainStartedAt: Date?
    var parkedAt: Date?

    init(id: String, key: ServiceKey, generation: Int64, slot: Int, sidekick: String? = nil) {
        self.id = id
        self.key = key
        self.generation = generation
        self.slot = slot
        self.sidekick = sidekick
    }

    init(row: Row) {
        id = row["id"]
        key = ServiceKey(environmentID: row["environmentID"], stack: row["stack"], service: row["service"])
        generation = row["generation"]
        slot = row["slot"]
        sidekick = row["sidekick"]
        address = row["address"]
        sharedAddress = row["sharedAddress"]
        admittedAt = row["admittedAt"]
        drainStartedAt = row["drainStartedAt"]
        parkedAt = row["parkedAt"]
    }

    static func all(_ db: Database, of key: ServiceKey? = nil, environment: Int64? = nil) throws -> [ContainerRecord] {
        try Array(
            Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT * FROM container WHERE (?1 IS NULL OR environmentID = ?1) AND (?2 IS NULL OR stack = ?2)
                        AND (?3 IS NULL OR service = ?3)
                        """), arguments: [key?.environmentID ?? environment, key?.stack, key?.service]
            ).map(ContainerRecord.init(row:)))
    }

    func save(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO container
                (id, environmentID, stack, service, generation, slot, sidekick, address, sharedAddress, admittedAt,
                drainStartedAt, parkedAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, key.environmentID, key.stack, key.service, generation, slot, sidekick, address, sharedAddress,
                admittedAt, drainStartedAt, parkedAt,
            ])
    }

    static func delete(_ db: Database, id: String) throws {
        try db.execute(sql: "DELETE FROM container WHERE id = ?", arguments: [id])
    }
}
