import GRDB
import Store

/// The tables of Stacks; nobody else reads or writes them.
enum StackTables {
    /// What `up` answered, by the key of the request.
    static let answers = Migration("stacks-2-answers") { db in
        try db.create(table: "upAnswer") { t in
            t.primaryKey("key", .text)
            t.column("outcomes", .text).notNull()
            t.column("at", .datetime).notNull()
        }
    }

    /// Whether deploy scripts may use the engine's socket.
    static let scriptsUseEngine = Migration("stacks-3-scripts-use-engine") { db in
        try db.alter(table: "environment") { t in
            t.add(column: "scriptsUseEngine", .boolean).notNull().defaults(to: false)
        }
    }

    /// Which rollout made each part of a unit; null where units are one container each.
    static let parts = Migration("stacks-4-parts") { db in
        try db.alter(table: "rollout") { t in
            t.add(column: "parts", .text)
            t.add(column: "previousParts", .text)
        }
        try db.alter(table: "service") { t in t.add(column: "parts", .text) }
        try db.alter(table: "container") { t in t.add(column: "sidekick", .text) }
    }

    /// What is said of stacks, which else are but the name that their services share.
    /// Names lead to the address of a container that its caller can reach.
    static let sharedAddresses = Migration("stacks-7-shared-addresses") { db in
        try db.alter(table: "container") { t in t.add(column: "sharedAddress", .text) }
    }

    static let notes = Migration("stacks-6-notes") { db in
        try db.create(table: "stackNote") { t in
            t.column("environmentID", .integer).notNull().references("environment", onDelete: .cascade)
            t.column("stack", .text).notNull()
            t.column("description", .text).notNull()
            t.primaryKey(["environmentID", "stack"])
        }
    }

    static let migration = Migration("stacks-1-tables") { db in
        try db.create(table: "environment") { t in
            t.autoIncrementedPrimaryKey("id")
            t.column("name", .text).notNull().unique()
            t.column("aliases", .text).notNull()
            t.column("socket", .text).notNull()
        }
        // What a service shall be when no rollout is at work.
        try db.create(table: "service") { t in
            t.column("environmentID", .integer).notNull().references("environment", onDelete: .cascade)
            t.column("stack", .text).notNull()
            t.column("name", .text).notNull()
            t.column("spec", .text).notNull()
            t.column("generation", .integer).notNull()
            t.primaryKey(["environmentID", "stack", "name"])
        }
        try db.create(table: "rollout") { t in
            t.autoIncrementedPrimaryKey("id")
            t.column("environmentID", .integer).notNull().references("environment", onDelete: .cascade)
            t.column("stack", .text).notNull()
            t.column("service", .text).notNull()
            t.column("deployID", .integer).indexed()
            t.column("revision", .text)
            t.column("spec", .text).notNull()
            t.column("previous", .text)
            t.column("options", .text).notNull()
            t.column("state", .text).notNull().indexed()
            t.column("reason", .text)
            t.column("queuedAt", .datetime).notNull()
            t.column("startedAt", .datetime)
            t.column("deadline", .datetime)
            t.column("endedAt", .datetime)
            t.column("serving", .integer).notNull().defaults(to: 0)
            t.column("generation", .integer)
            t.column("previousGeneration", .integer)
            // A new generation even where the spec is the same.
            t.column("isForced", .boolean).notNull().defaults(to: false)
            // The service goes for good.
            t.column("isRemoval", .boolean).notNull().defaults(to: false)
            t.column("cancelRequested", .boolean).notNull().defaults(to: false)
            t.column("problem", .text)
            t.column("pulledAt", .datetime)
        }
        try db.create(index: "rolloutOfService", on: "rollout", columns: ["environmentID", "stack", "service"])
        try db.create(table: "rolloutEntry") { t in
            t.autoIncrementedPrimaryKey("id")
            t.column("rolloutID", .integer).notNull().indexed().references("rollout", onDelete: .cascade)
            t.column("at", .datetime).notNull()
            t.column("text", .text).notNull()
        }
        // What can't be seen on a container itself: whether it serves, drains or is parked.
        try db.create(table: "container") { t in
            t.primaryKey("id", .text)
            t.column("environmentID", .integer).notNull().references("environment", onDelete: .cascade)
            t.column("stack", .text).notNull()
            t.column("service", .text).notNull()
            t.column("generation", .integer).notNull()
            t.column("slot", .integer).notNull()
            t.column("address", .text)
            t.column("admittedAt", .datetime)
            t.column("drainStartedAt", .datetime)
            t.column("parkedAt", .datetime)
        }
        try db.create(index: "containerOfService", on: "container", columns: ["environmentID", "stack", "service"])
    }
}
