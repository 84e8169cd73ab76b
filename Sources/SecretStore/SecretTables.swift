import GRDB
public import Store

extension SecretService {
    /// The table of secrets. Where a place has no bound, the column is empty: SQLite finds no two NULLs equal.
    public static let migrations: [Migration] = [
        Migration("secrets-1-secrets") { db in
            try db.create(table: "secret") { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("name", .text).notNull()
                t.column("app", .text).notNull()
                t.column("environment", .text).notNull()
                t.column("context", .text).notNull()
                t.column("kind", .text).notNull()
                t.column("keyID", .text).notNull()
                t.column("sealed", .blob).notNull()
                t.column("version", .text).notNull()
                t.column("updatedAt", .datetime).notNull()
                t.column("updatedBy", .text).notNull()
                t.uniqueKey(["name", "app", "environment", "context"])
            }
        }
    ]
}
