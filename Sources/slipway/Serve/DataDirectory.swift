import Foundation
import Glibc
import Model

/// The one folder that holds the state of everything, and the lock that keeps a second server out of it.
struct DataDirectory: Sendable {
    let path: String

    init(_ path: String) {
        self.path = URL(filePath: path).standardizedFileURL.path(percentEncoded: false).trimmingTrailingSlash
    }

    var database: String { "\(path)/slipway.sqlite" }
    var socket: String { "\(path)/run/slipway.sock" }
    var runFolder: String { "\(path)/run/steps" }
    var daemonFolder: String { "\(path)/run/daemons" }
    var edge: String { "\(path)/edge" }
    var front: String { "\(path)/front" }
    var frontSocket: String { "\(path)/run/front.sock" }
    var registry: String { "\(path)/registry" }
    var bin: String { "\(path)/bin" }
    var logs: String { "\(path)/logs" }
    /// What names mean, by environment, for the name servers in containers.
    var names: String { "\(path)/names" }
    var agent: String { "\(path)/slipway-agent" }
    /// Where `slipway restore` unpacks; there only while it does.
    var restoring: String { "\(path)/.restoring" }

    /// Where the command line and the server look unless they are told: `/var/lib/slipway` for root, else in the home.
    static var standard: String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["SLIPWAY_DATA"], !path.isEmpty { return path }
        return geteuid() == 0 ? "/var/lib/slipway" : "\(environment["HOME"] ?? ".")/.local/share/slipway"
    }

    /// Makes the folders (0700, only `checkouts` and `bin` can be passed through by others) and the links that deploy
    /// scripts find first in their PATH.
    func prepare(executable: String) throws {
        let files = FileManager.default
        do {
            for (folder, mode) in [
                ("", 0o711), ("logs", 0o700), ("git", 0o700), ("checkouts", 0o711), ("artifacts", 0o700),
                ("registry", 0o700), ("edge", 0o700), ("front", 0o700), ("bin", 0o755), ("names", 0o700),
                ("run", 0o700),
                ("run/steps", 0o700),
                ("run/daemons", 0o700), ("keys", 0o700),
            ] {
                let folder = folder.isEmpty ? path : "\(path)/\(folder)"
                try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try files.setAttributes([.posixPermissions: mode], ofItemAtPath: folder)
            }
            try closeDatabase()
            for name in ["rancher", "rancher-compose", "slipway"] {
                let link = "\(bin)/\(name)"
                if (try? files.destinationOfSymbolicLink(atPath: link)) == executable { continue }
                try? files.removeItem(atPath: link)
                try files.createSymbolicLink(atPath: link, withDestinationPath: executable)
            }
        } catch {
            throw Failure(
                .unavailable, "The data directory \(path) can't be prepared",
                hint: "Choose another with --data, or give this user the right to write there.",
                cause: error.localizedDescription)
        }
    }

    /// Throws `.conflict` where a restore has begun and not ended.
    func refuseHalfRestored() throws(Failure) {
        guard FileManager.default.fileExists(atPath: restoring) else { return }
        throw Failure(
            .conflict, "A restore into \(path) has begun and not ended",
            hint: "Run `slipway restore` again: it begins anew. Nothing else may use the directory meanwhile.")
    }

    /// Makes the database nobody else's to read, which others could reach through the folder: SQLite gives the files
    /// beside it the rights of the file.
    private func closeDatabase() throws {
        let descriptor = open(database, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteNoPermission) }
        close(descriptor)
        for end in ["", "-wal", "-shm"] where chmod(database + end, 0o600) != 0 && errno != ENOENT {
            throw CocoaError(.fileWriteNoPermission)
        }
    }

    /// Copies the agent to ``agent``, unless it is there: the engine, which mounts it into containers, may not see the
    /// place of the program, but it sees the checkouts; and an upgrade never changes it under a container.
    func keepAgent(_ original: String) throws {
        let files = FileManager.default
        let draft = "\(agent).new"
        do {
            let date = try files.attributesOfItem(atPath: original)[.modificationDate] as? Date
            let known = try? files.attributesOfItem(atPath: agent)[.modificationDate] as? Date
            if let date, let known, abs(known.timeIntervalSince(date)) < 0.001,
                files.contentsEqual(atPath: original, andPath: agent)
            {
                return
            }
            if files.fileExists(atPath: draft) { try files.removeItem(atPath: draft) }
            try files.copyItem(atPath: original, toPath: draft)
            try files.setAttributes([.posixPermissions: 0o755, .modificationDate: date ?? Date()], ofItemAtPath: draft)
            guard rename(draft, agent) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            throw Failure(
                .unavailable, "\(original) can't be copied to \(agent)",
                hint: "Make room on the disk: it runs the steps of tests in containers.",
                cause: error.localizedDescription)
        }
    }

    /// Takes the lock for as long as the process lives. Throws `.conflict` when another server has it; one that was
    /// killed has it until its last thread is gone, so it is given a moment.
    func lock(patience: Duration = .seconds(3)) async throws {
        let file = open("\(path)/run/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw Failure(.unavailable, "\(path)/run/lock can't be opened", cause: String(cString: strerror(errno)))
        }
        let deadline = ContinuousClock.now + patience
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now < deadline else {
                close(file)
                throw Failure(
                    .conflict, "Another server uses the data directory \(path)",
                    hint: "Stop it first, or choose another directory with --data.")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// A name for this installation, made once: tells its containers from another's on the same engine.
    func instance() throws -> String {
        let file = "\(path)/keys/instance"
        if let known = try? String(contentsOfFile: file, encoding: .utf8), !known.isEmpty { return known }
        let name = UUID().uuidString.lowercased()
        do {
            try Data(name.utf8).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw Failure(.unavailable, "\(file) can't be written", cause: error.localizedDescription)
        }
        return name
    }
}

extension String {
    fileprivate var trimmingTrailingSlash: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}
