import Foundation
import Glibc
import Model

/// Starts commands in pseudo-terminals under a small process of our own binary, which outlives the server, and knows
/// about those that any earlier server has started. All that it knows lies in `<runDirectory>/<id>`.
///
/// - Important: a command is run at most once for an id, whoever dies when.
public struct Supervisor: Sendable {
    private let runDirectory: String
    private let executable: String

    /// `executable` is our own binary: it is called as `<executable> supervise <runDirectory>/<id>`.
    public init(runDirectory: String, executable: String) {
        self.runDirectory = runDirectory
        self.executable = executable
    }

    /// Starts the command, or adopts what was started under this id before, be it running or ended.
    public func start(_ id: String, _ command: SupervisedCommand) throws {
        Children.reap()
        let folder = try folder(of: id)
        if !folder.exists { try claim(folder, command) }
        try spawn(folder)
    }

    /// What is known about `id`. A run whose supervisor has died without an outcome is given to another one here, which
    /// ends what is left of it and records it as lost.
    public func state(_ id: String) -> SupervisedState {
        Children.reap()
        guard let folder = try? folder(of: id), folder.exists else { return .absent }
        if let outcome = folder.outcome { return .ended(outcome) }
        guard let lock = OpenFileLock.open(folder.lockPath) else {
            return folder.startedAt.map { .running(since: $0) } ?? .absent
        }
        defer { close(lock) }
        if OpenFileLock.isHeld(lock) { return .running(since: folder.startedAt ?? Date()) }
        // The supervisor writes the outcome before it lets go of the lock.
        if let outcome = folder.outcome { return .ended(outcome) }
        guard let startedAt = folder.startedAt else { return .absent }
        do {
            try launch(folder) { folder.outcome == nil }
            return .running(since: startedAt)
        } catch {
            // Nobody can tidy up after it, but that it is lost can be said.
            return .ended(recordLoss(of: folder, lock))
        }
    }

    private func recordLoss(of folder: RunFolder, _ lock: CInt) -> SupervisedOutcome {
        let lost = SupervisedOutcome(reason: .lost)
        if OpenFileLock.take(lock) {
            try? folder.write(lost)
            folder.removeSpec()
            OpenFileLock.release(lock)
        }
        return folder.outcome ?? lost
    }

    /// Asks the supervisor to end the command: INT, TERM, KILL to all of its processes. Does nothing after the end.
    public func abort(_ id: String) throws {
        let folder = try folder(of: id)
        guard folder.exists else { throw Self.neverStarted(id) }
        guard folder.outcome == nil else { return }
        let descriptor = open(folder.abortPath, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                .unavailable, "The run \(id) can't be aborted: \(folder.abortPath) can't be written",
                hint: "Make room on the disk and try again.", cause: Errno().description)
        }
        close(descriptor)
    }

    /// Waits for the end. Cancelling the waiter doesn't touch the run.
    public func outcome(of id: String) async throws -> SupervisedOutcome {
        // The outcome is renamed into place; a supervisor that dies without one is found by looking again.
        for await _ in FolderWatch.changes(in: try folder(of: id).path, every: .milliseconds(500)) {
            if let outcome = try end(of: id) { return outcome }
        }
        throw CancellationError()
    }

    private func end(of id: String) throws -> SupervisedOutcome? {
        switch state(id) {
        case .ended(let outcome): outcome
        case .absent: throw Self.neverStarted(id)
        case .running: nil
        }
    }

    /// Removes what was being claimed when an earlier server died. Only while no other server uses the folder.
    public func removeDrafts() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: runDirectory)) ?? []
        where name.hasPrefix(".") {
            try? FileManager.default.removeItem(atPath: "\(runDirectory)/\(name)")
        }
    }

    /// Removes the run folder. Throws a conflict while the command runs.
    public func remove(_ id: String) throws {
        let folder = try folder(of: id)
        if case .running = state(id) {
            throw Failure(.conflict, "The run \(id) has not ended", hint: "Abort it, or wait for its end.")
        }
        var problem: (any Error)?
        // The supervisor may be removing its spec at this moment, over which the first try stumbles.
        for _ in 0..<3 where folder.exists {
            do { try FileManager.default.removeItem(atPath: folder.path) } catch { problem = error }
        }
        if folder.exists, let problem {
            throw Failure(.unavailable, "The run folder \(folder.path) can't be removed", cause: "\(problem)")
        }
    }

    private func folder(of id: String) throws -> RunFolder {
        guard !id.isEmpty, !id.hasPrefix("."), !id.contains("/"), !id.utf8.contains(0) else {
            throw Failure(.internal, "\"\(id)\" can't be the name of a run")
        }
        return RunFolder(path: runDirectory + "/" + id)
    }

    /// Makes the folder appear with the complete spec inside. Somebody who was faster wins.
    private func claim(_ folder: RunFolder, _ command: SupervisedCommand) throws {
        let draft = RunFolder(path: "\(runDirectory)/.\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(
                atPath: draft.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try draft.write(command)
            if rename(draft.path, folder.path) != 0 {
                let error = Errno()
                guard folder.exists else { throw error }
                try? FileManager.default.removeItem(atPath: draft.path)
            }
            DurableFile.syncFolder(of: folder.path)
        } catch {
            try? FileManager.default.removeItem(atPath: draft.path)
            throw Failure(
                .unavailable, "The run folder \(folder.path) can't be written",
                hint: "See that the disk has room and that the folder belongs to Slipway's user.", cause: "\(error)")
        }
    }

    /// Starts a supervisor, unless there is or was one.
    private func spawn(_ folder: RunFolder) throws {
        try launch(folder) { folder.outcome == nil && folder.startedAt == nil }
    }

    /// Starts a supervisor, if it is wanted and there is none. It inherits the lock, so that there is no moment without.
    private func launch(_ folder: RunFolder, isWanted: () -> Bool) throws {
        guard isWanted() else { return }
        guard let lock = OpenFileLock.open(folder.lockPath) else {
            throw Failure(.unavailable, "\(folder.lockPath) can't be opened", cause: Errno().description)
        }
        defer { close(lock) }
        guard OpenFileLock.take(lock) else { return }
        guard isWanted() else { return OpenFileLock.release(lock) }
        let wanted = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH"]
        let environment = ProcessInfo.processInfo.environment.filter { wanted.contains($0.key) }
        let null = Spawn.Source.path("/dev/null", flags: O_RDWR)
        do {
            let pid = try Spawn.launch(
                executable, [executable, "supervise", folder.path], environment: environment,
                descriptors: [
                    null, null, .path(folder.complaintsPath, flags: O_WRONLY | O_CREAT | O_APPEND), .descriptor(lock),
                ])
            Children.adopt(pid)
        } catch {
            OpenFileLock.release(lock)
            throw Failure(
                .unavailable, "The supervisor \(executable) can't be started",
                hint: "The program may have been moved or replaced: start Slipway again.", cause: "\(error)")
        }
    }

    private static func neverStarted(_ id: String) -> Failure {
        Failure(
            .notFound, "The run \(id) was never started",
            hint: "What its supervisor said, if anything, stands in supervisor.log in the run folder.")
    }
}
