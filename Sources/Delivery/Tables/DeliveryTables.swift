import GRDB
import Store

/// The tables of apps, targets, commits, builds, images and deploys.
enum DeliveryTables {
    static let migrations: [Migration] = [
        Migration("delivery-1-journey") { db in
            try db.create(table: "app") { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("name", .text).notNull().unique()
                t.column("url", .text)
                t.column("branch", .text).notNull()
                t.column("createdAt", .datetime).notNull()
                t.column("problem", .text)
            }
            try db.create(table: "target") { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("appID", .integer).notNull().references("app", onDelete: .cascade)
                t.column("environmentID", .integer).notNull()
                t.uniqueKey(["appID", "environmentID"])
            }
            try db.create(table: "commit") { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("appID", .integer).notNull().references("app", onDelete: .cascade)
                t.column("sha", .text).notNull()
                t.column("authorName", .text).notNull()
                t.column("authorEmail", .text).notNull()
                t.column("committedAt", .datetime).notNull()
                t.column("title", .text).notNull()
                t.column("body", .text).notNull()
                t.column("additions", .integer).notNull()
                t.column("deletions", .integer).notNull()
                t.column("position", .integer).notNull()
                t.column("seenAt", .datetime).notNull()
                t.column("detachedAt", .datetime)
                t.uniqueKey(["appID", "sha"])
                t.uniqueKey(["appID", "position"])
            }
            try db.create(table: "build") { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("appID", .integer).notNull().references("app", onDelete: .cascade)
                t.column("sha", .text).notNull()
                t.column("attempt", .integer).notNull()
                t.column("state", .text).notNull().indexed()
                t.column("reason", .text)
                t.column("cancelRequested", .boolean).notNull().defaults(to: false)
                t.column("queuedAt", .datetime).notNull()
                t.column("startedAt", .datetime)
                t.column("endedAt", .datetime)
                t.uniqueKey(["appID", "sha", "attempt"])
            }
            try db.create(table: "image") { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("appID", .integer).notNull().references("app", onDelete: .cascade)
                t.column("buildID", .integer).notNull().references("build", onDelete: .cascade).unique()
                t.column("sha", .text).notNull()
                t.column("name", .text).notNull()
                t.column("location", .text).notNull()
                t.column("digest", .text).notNull()
                t.column("pushedAt", .datetime).notNull()
            }
            try db.create(index: "imageByNameAndSHA", on: "image", columns: ["name", "sha"])
            try db.create(table: "deploy") { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("targetID", .integer).notNull().references("target", onDelete: .cascade)
                t.column("kind", .text).notNull()
                t.column("sha", .text).notNull()
                t.column("previousSHA", .text)
                t.column("state", .text).notNull().indexed()
                t.column("reason", .text)
                t.column("verification", .text)
                t.column("requestedBy", .text).notNull()
                t.column("idempotencyKey", .text)
                t.column("queuedAt", .datetime).notNull()
                t.column("startedAt", .datetime)
                t.column("endedAt", .datetime)
                t.uniqueKey(["targetID", "idempotencyKey"])
            }
        },
        Migration("delivery-2-abort-and-rollback") { db in
            try db.alter(table: "deploy") { t in
                t.add(column: "rollbackBy", .text)
                t.add(column: "rollbackOf", .integer)
            }
            // However often a deploy's end is recorded, one rollback follows.
            try db.create(index: "oneRollbackOfADeploy", on: "deploy", columns: ["rollbackOf"], options: .unique)
        },
    ]
}
