import Foundation
import GRDB
import Model

/// Which versions of Slipway have written a database, so that one that is too old can name the one that is needed.
extension Store {
    /// The tables that Store itself owns.
    static let migrations = [eventMigration, versionMigration]

    private static let versionMigration = Migration("store-2-versions") { db in
        try db.create(table: "programVersion") { t in
            t.primaryKey("version", .text)
            t.column("usedAt", .datetime).notNull()
        }
    }

    static func remember(_ version: String, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO programVersion (version, usedAt) VALUES (?, ?)
                ON CONFLICT (version) DO UPDATE SET usedAt = excluded.usedAt
                """, arguments: [version, Date()])
    }

    /// The version that wrote last; nil where none was recorded.
    static func writer(_ db: Database) throws -> String? {
        guard try db.tableExists("programVersion") else { return nil }
        return try String.fetchOne(db, sql: "SELECT version FROM programVersion ORDER BY usedAt DESC LIMIT 1")
    }

    static func isNewer(_ path: String?, writtenBy writer: String?, than version: String?) -> Failure {
        let needed = writer.map { "Slipway \($0)" } ?? "a newer Slipway"
        return Failure(
            .conflict,
            "The database \(path ?? "in memory") was written by \(needed); "
                + "this is \(version.map { "Slipway \($0)" } ?? "an older one"), which doesn't know all of its tables",
            hint: "Install \(needed) again, or restore a backup that was made with this version. Nothing was changed.")
    }

    /// Copies a database that the migrations are about to change, once for each version.
    static func keepCopy(
        of database: any DatabaseWriter, _ path: String, _ migrator: DatabaseMigrator, _ version: String
    ) throws {
        let isOld = try database.read { [migrator] db in
            try !migrator.appliedIdentifiers(db).isEmpty && !migrator.hasCompletedMigrations(db)
        }
        let copy = "\(path).before-\(version)"
        guard isOld, !FileManager.default.fileExists(atPath: copy) else { return }
        try DatabaseFile.copy(database, to: copy)
    }
}
