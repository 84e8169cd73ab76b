public import GRDB
public import Model
import Foundation

/// The data directory's database: opens it, brings it up to date, and keeps the event log.
///
/// Targets bring their own migrations and read and write their own tables through ``read(_:)`` and ``write(_:)``.
public final class Store: Sendable {
    private let database: any DatabaseWriter
    private let isInMemory: Bool
    private let before: Hook?
    /// Wakes those who wait for new events.
    public let events: EventHub

    /// Opens `path` (WAL, `synchronous=FULL`), or a database in memory when it is nil, and runs the migrations in
    /// order; before they change anything the database is copied to `<path>.before-<version>`. Throws ``Failure`` when
    /// the file can't be opened, or was written by a newer Slipway: then nothing is changed.
    ///
    /// - Parameter version: this program's, which the database remembers.
    public convenience init(path: String?, migrations: [Migration], version: String? = nil) throws {
        try self.init(path: path, migrations: migrations, version: version, before: nil)
    }

    /// Opens a database that is there, as it is; another process may have it open too.
    public init(existing path: String) throws(Failure) {
        isInMemory = false
        before = nil
        do {
            database = try DatabaseQueue(path: path, configuration: Self.configuration)
        } catch {
            throw Self.cannotOpen(path, error)
        }
        events = EventHub()
    }

    /// Called before each access with whether it writes; what it throws, the access throws.
    package typealias Hook = @Sendable (_ isWrite: Bool) async throws -> Void

    /// A database in memory that calls `before` first, for simulations.
    package convenience init(migrations: [Migration], before: @escaping Hook) throws {
        try self.init(path: nil, migrations: migrations, version: nil, before: before)
    }

    private init(path: String?, migrations: [Migration], version: String?, before: Hook?) throws {
        isInMemory = path == nil
        self.before = before
        var configuration = Self.configuration
        var migrator = DatabaseMigrator()
        for migration in Self.migrations + migrations {
            migrator.registerMigration(migration.name) { try migration.run($0) }
        }
        do {
            if let path {
                DatabaseFile.protect(path)
                configuration.maximumReaderCount = 4
                database = try DatabasePool(path: path, configuration: configuration)
            } else {
                database = try DatabaseQueue(configuration: configuration)
            }
            if try database.read({ [migrator] in try migrator.hasBeenSuperseded($0) }) {
                throw Self.isNewer(path, writtenBy: try database.read(Self.writer), than: version)
            }
            if let path, let version { try Self.keepCopy(of: database, path, migrator, version) }
            try migrator.migrate(database)
            if let version { try database.write { try Self.remember(version, $0) } }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Self.cannotOpen(path ?? "in memory", error)
        }
        events = EventHub()
    }

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return configuration
    }

    static func cannotOpen(_ path: String, _ error: any Error) -> Failure {
        Failure(
            .unavailable, "The database \(path) can't be opened",
            hint: "Is the disk full, or does another user own the file?", cause: "\(error)")
    }

    /// Runs `body` on a consistent view of the database.
    public func read<T: Sendable>(_ body: @Sendable (Database) throws -> T) async throws -> T {
        try await before?(false)
        return try await Self.mapped { try await isInMemory ? readNow(body) : database.read(body) }
    }

    /// Runs `body` in one transaction; what it logged with ``log(_:_:in:)`` reaches the followers after the commit.
    public func write<T: Sendable>(_ body: @Sendable (Database) throws -> T) async throws -> T {
        try await before?(true)
        let result = try await Self.mapped { try await isInMemory ? writeNow(body) : database.write(body) }
        events.wake()
        return result
    }

    // What is in memory keeps nobody waiting: no other thread is asked.

    private func readNow<T>(_ body: (Database) throws -> T) throws -> T {
        try Task.checkCancellation()
        // A simulation reads so often that guarding each read, for which SQLite forgets its statements, doubles its time.
        return try before == nil ? database.read(body) : database.unsafeRead(body)
    }

    private func writeNow<T>(_ body: (Database) throws -> T) throws -> T {
        try Task.checkCancellation()
        return try database.write(body)
    }

    /// SQLite's own errors as a ``Failure`` that a person can act on; a full disk is the usual one.
    private static func mapped<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as DatabaseError where passing.contains(error.resultCode) {
            throw Failure(
                .unavailable, cannotWrite, hint: "Free space on the disk of the data directory.",
                cause: error.message)
        }
    }

    /// Whether the error is one of the database's that trying again may mend, such as a full disk.
    public static func mayPass(_ error: any Error) -> Bool { (error as? Failure)?.message == cannotWrite }

    private static let cannotWrite = "The database can't be written"

    /// What trying again may mend.
    private static let passing: [ResultCode] = [
        .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_NOMEM,
    ]
}

/// A change of the schema that a target brings; its name never changes once released.
public struct Migration: Sendable {
    public let name: String
    let run: @Sendable (Database) throws -> Void

    /// - Parameter name: `<target>-<number>-<what>`, for example `delivery-1-apps`.
    public init(_ name: String, _ run: @escaping @Sendable (Database) throws -> Void) {
        self.name = name
        self.run = run
    }
}
