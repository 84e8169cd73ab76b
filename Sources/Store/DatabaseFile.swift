import Foundation
import GRDB
import Glibc
import Model

/// A database as a file, which a server may have open.
public enum DatabaseFile {
    /// What a copy holds.
    public struct Copy: Hashable, Sendable {
        /// Names of the migrations that have run, sorted.
        public var schema: [String]
        /// The version of Slipway that wrote it last; nil where none was recorded.
        public var version: String?
    }

    /// Copies the database at `path`, as it is at one moment, to `copy`, while others read and write it; the copy is
    /// complete or absent, and has passed SQLite's own check. Throws ``Failure``.
    public static func copy(_ path: String, to copy: String) throws -> Copy {
        do {
            try Self.copy(try DatabaseQueue(path: path, configuration: Store.configuration), to: copy)
            return try DatabaseQueue(path: copy).read { db in
                Copy(
                    schema: try DatabaseMigrator().appliedIdentifiers(db).sorted(), version: try Store.writer(db))
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Store.cannotOpen(path, error)
        }
    }

    /// Names of all migrations that a database may have: those of `migrations` and of Store itself.
    public static func schema(of migrations: [Migration]) -> Set<String> {
        Set((Store.migrations + migrations).map(\.name))
    }

    static func copy(_ database: any DatabaseReader, to path: String) throws {
        let draft = "\(path).draft"
        remove(draft)
        defer { remove(draft) }
        protect(draft)
        do {
            let copy = try DatabaseQueue(path: draft)
            try database.backup(to: copy)
            let complaints = try copy.read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
            guard complaints == ["ok"] else {
                throw Failure(
                    .failed, "The database is damaged", hint: "Restore a backup.", cause: complaints.first)
            }
            // One file, without a log beside it.
            try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try copy.close()
        } catch let error as DatabaseError {
            throw Failure(
                .unavailable, "The database can't be copied to \(path)", hint: "Is there room on that disk?",
                cause: error.message)
        }
        let file = open(draft, O_RDONLY | O_CLOEXEC)
        defer { if file >= 0 { close(file) } }
        guard file >= 0, fsync(file) == 0, rename(draft, path) == 0 else {
            throw Failure(
                .unavailable, "The database can't be copied to \(path)", hint: "Is there room on that disk?",
                cause: String(cString: strerror(errno)))
        }
    }

    /// Makes the file, and what SQLite keeps beside it, its owner's alone: it holds password hashes and who did what.
    static func protect(_ path: String) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if file >= 0 { close(file) }
        for suffix in ["", "-wal", "-shm"] { chmod(path + suffix, 0o600) }
    }

    private static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }
}
