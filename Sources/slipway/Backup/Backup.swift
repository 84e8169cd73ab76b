import Access
import Foundation
import Glibc
import Model
import Pipeline
import Store

/// Copies a data directory while its server runs. Until the copy is whole, all there is of it is a folder beside it,
/// `<file>.partial`; then the file appears, at once, for its owner alone.
struct Backup: Sendable {
    let data: DataDirectory
    /// `-` is standard output.
    let destination: String
    let hasKeys: Bool
    /// Gets a line for each thing that is done.
    let say: @Sendable (String) -> Void

    private var isStream: Bool { destination == "-" }
    private var stage: String { isStream ? "\(data.path)/run/backup.partial" : "\(destination).partial" }
    private var list: String { "\(stage)/list" }

    /// Makes the backup and returns what it says of itself.
    func make() async throws -> BackupManifest {
        try checkRights()
        guard isStream || !FileManager.default.fileExists(atPath: destination) else {
            throw Failure(
                .conflict, "\(destination) is there already", hint: "Give a new name, such as one with the date in it.")
        }
        let lock = try begin()
        defer {
            try? FileManager.default.removeItem(atPath: stage)
            close(lock)
        }
        do {
            let manifest = try await write()
            await record(.done, reason: nil)
            return manifest
        } catch {
            await record(.failed, reason: (error as? Failure)?.message ?? "\(error)")
            throw error
        }
    }

    private func write() async throws -> BackupManifest {
        let copy = "\(stage)/\(BackupManifest.databaseName)"
        say("copying the database")
        let database = try DatabaseFile.copy(data.database, to: copy)
        let contents = BackupContents(
            data: data, hasKeys: hasKeys, logs: try await StepTable(store: try Store(existing: copy)).logs())
        let manifest = BackupManifest(
            version: database.version ?? SlipwayVersion.current, schema: database.schema,
            database: try await FileSums.sum(of: copy), madeAt: Date(), host: ProcessInfo.processInfo.hostName,
            directory: data.path, hasKeys: hasKeys)
        try put(JSONCoding.encoder.encode(manifest), BackupManifest.name)
        try put(Data("whole\n".utf8), BackupManifest.endName)
        try put(Data(contents.paths().map { $0 + "\n" }.joined().utf8), "list")
        say("copying repositories, logs and images")
        let archive = Archive(path: isStream ? "-" : "\(stage)/archive")
        if !isStream { try put(Data(), "archive") }
        try await archive.write(
            stage: stage, head: [BackupManifest.name, BackupManifest.databaseName], folder: data.path, list: list,
            excluding: BackupContents.exclusions, tail: BackupManifest.endName)
        if !isStream {
            say("reading it again")
            try await archive.verify()
            try publish(archive.path)
        }
        return manifest
    }

    /// Who may read the data directory is its owner, and root.
    private func checkRights() throws {
        let owner = try? FileManager.default.attributesOfItem(atPath: data.database)[.ownerAccountID] as? NSNumber
        guard let owner else {
            throw Failure(
                .notFound, "There is no data of Slipway in \(data.path)",
                hint: "Name the directory with --data; as another user than the server's it can't be seen.")
        }
        guard geteuid() == 0 || geteuid() == owner.uint32Value else {
            throw Failure(
                .forbidden, "\(data.path) belongs to another user", hint: "Run it as root or as the server's user.")
        }
    }

    /// Makes the folder of the copy, clearing away one of a try that was killed. Returns its lock.
    private func begin() throws -> Int32 {
        let files = FileManager.default
        do {
            try files.createDirectory(
                atPath: stage, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch CocoaError.fileWriteFileExists {
            // Of a try that was killed, unless it is locked.
        } catch {
            throw Failure(
                .unavailable, "\(stage) can't be made", hint: "Is there such a folder, and may you write there?",
                cause: error.localizedDescription)
        }
        let lock = open("\(stage)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw Failure(.unavailable, "\(stage) can't be written", cause: String(cString: strerror(errno)))
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw Failure(.conflict, "Another backup is being written to \(destination)")
        }
        for name in (try? files.contentsOfDirectory(atPath: stage)) ?? [] where name != "lock" {
            try? files.removeItem(atPath: "\(stage)/\(name)")
        }
        return lock
    }

    private func put(_ bytes: Data, _ name: String) throws {
        guard
            FileManager.default.createFile(
                atPath: "\(stage)/\(name)", contents: bytes, attributes: [.posixPermissions: 0o600])
        else {
            throw Failure(
                .unavailable, "\(stage)/\(name) can't be written", hint: "Is the disk full?",
                cause: String(cString: strerror(errno)))
        }
    }

    /// Gives the archive its name, once it is on the disk for good.
    private func publish(_ archive: String) throws {
        let file = open(archive, O_RDONLY | O_CLOEXEC)
        defer { if file >= 0 { close(file) } }
        // Where another has come to that name meanwhile, it stays.
        guard file >= 0, fsync(file) == 0, isNamed(archive, destination) else {
            throw Failure(
                .unavailable, "\(destination) can't be written", cause: String(cString: strerror(errno)))
        }
    }

    private func isNamed(_ from: String, _ to: String) -> Bool {
        link(from, to) == 0 || (errno != EEXIST && rename(from, to) == 0)
    }

    /// The audit log tells who took all that there is.
    private func record(_ outcome: AuditEntry.Outcome, reason: String?) async {
        do {
            let user = getpwuid(getuid()).flatMap { String(validatingCString: $0.pointee.pw_name) }
            try await Access(store: try Store(existing: data.database)).audit.record(
                AuditEntry(
                    at: Date(), actor: user ?? "\(getuid())", kind: "local", address: "local", action: "server.backup",
                    outcome: outcome, subject: isStream ? nil : destination,
                    after: reason ?? (hasKeys ? "with keys" : "without keys")))
        } catch {
            say("it could not be recorded in the audit log: \(error)")
        }
    }
}
