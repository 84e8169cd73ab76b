import GRDB
public import Store

extension Access {
    /// The tables of accounts, sessions and tokens.
    public static let migrations: [Migration] = [
        Migration("access-1-accounts") { db in
            try db.create(table: "account") { t in
                t.primaryKey("name", .text)
                t.column("passwordHash", .text).notNull()
                t.column("createdAt", .datetime).notNull()
            }
            try db.create(table: "session") { t in
                t.primaryKey("hash", .text)
                t.column("account", .text).notNull().references("account", onDelete: .cascade)
                t.column("csrf", .text).notNull()
                t.column("createdAt", .datetime).notNull()
                t.column("usedAt", .datetime).notNull()
            }
            try db.create(table: "token") { t in
                t.primaryKey("hash", .text)
                t.column("name", .text).notNull()
                t.column("actor", .text).notNull()
                t.column("createdAt", .datetime).notNull()
                t.column("expiresAt", .datetime)
            }
        }
    ]
}
