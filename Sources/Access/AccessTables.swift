import GRDB
public import Store

extension Access {
    /// The tables of accounts, identities, sessions, tokens, teams, grants and the audit log.
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
        },
        rights, AuditLog.migration, identities,
    ]

    /// Accounts may lack a password, tokens have an owner and bounds, rights are granted. Who could sign in before is an
    /// admin, and tokens from before keep working: they are the machine's own.
    private static let rights = Migration("access-2-rights") { db in
        try db.create(table: "newAccount") { t in
            t.primaryKey("name", .text)
            t.column("passwordHash", .text)
            t.column("createdAt", .datetime).notNull()
            t.column("disabledAt", .datetime)
        }
        try db.execute(
            sql: """
                INSERT INTO newAccount (name, passwordHash, createdAt) SELECT name, passwordHash, createdAt FROM account
                """)
        try db.drop(table: "account")
        try db.rename(table: "newAccount", to: "account")
        try db.create(table: "team") { t in
            t.primaryKey("name", .text)
            t.column("createdAt", .datetime).notNull()
        }
        try db.create(table: "teamMember") { t in
            t.column("team", .text).notNull().references("team", onDelete: .cascade)
            t.column("account", .text).notNull().references("account", onDelete: .cascade).indexed()
            t.primaryKey(["team", "account"])
        }
        // Neither an account nor a team: everyone.
        try db.create(table: "grant") { t in
            t.autoIncrementedPrimaryKey("id")
            t.column("account", .text).references("account", onDelete: .cascade).indexed()
            t.column("team", .text).references("team", onDelete: .cascade)
            t.column("allowance", .text).notNull()
            t.column("appID", .integer)
            t.column("environmentID", .integer)
            t.column("createdAt", .datetime).notNull()
            t.check(sql: "account IS NULL OR team IS NULL")
        }
        try db.execute(
            sql: """
                INSERT INTO "grant" (account, allowance, createdAt) SELECT name, 'admin', createdAt FROM account
                """)
        try tokens(db)
    }

    private static func tokens(_ db: Database) throws {
        try db.rename(table: "token", to: "oldToken")
        try db.create(table: "token") { t in
            t.autoIncrementedPrimaryKey("id")
            t.column("hash", .text).notNull().unique()
            t.column("name", .text).notNull()
            // Whose rights it has; with neither an account nor a deploy, those of the machine.
            t.column("account", .text).references("account", onDelete: .cascade).indexed()
            t.column("deployID", .integer).indexed()
            t.column("deployEnvironmentID", .integer)
            t.column("rights", .text)
            t.column("appID", .integer)
            t.column("environmentID", .integer)
            t.column("createdAt", .datetime).notNull()
            t.column("expiresAt", .datetime)
            t.column("usedAt", .datetime)
        }
        try db.execute(
            sql: """
                INSERT INTO token (hash, name, deployID, deployEnvironmentID, createdAt, expiresAt)
                SELECT hash, name, json_extract(actor, '$.kind.deploy.id'),
                    json_extract(actor, '$.kind.deploy.environmentID'), createdAt, expiresAt
                FROM oldToken
                """)
        try db.drop(table: "oldToken")
    }
}
