import Foundation
import Glibc
import LinuxCalls

/// The body of the hidden command `slipway supervise DIR`.
public enum SupervisorProcess {
    /// Runs the command of `folder` to its end and writes the outcome. Where an earlier supervisor was killed in the
    /// middle of that, ends what is left of the run and records it as lost. Returns the exit status of the supervisor: 0
    /// when the outcome is on disk, 1 when this process has no business with the folder (somebody else supervises
    /// it, it has been run before, it can't be read or written).
    public static func run(folder: String) async -> Int32 {
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXFSZ, SIGTTOU, SIGTTIN] {
            Glibc.signal(signal, SIG_IGN)
        }
        let folder = RunFolder(path: folder)
        guard let lock = takeLock(of: folder) else { return complain("\(folder.lockPath) is held or can't be opened") }
        closeInherited(except: lock)
        // A daemon that the command starts stays ours, so that an abort finds it.
        _ = linux_adopt_orphans()
        guard folder.outcome == nil else { return complain("\(folder.path) has been run before") }
        // Whoever began it is dead: we have its lock.
        guard folder.startedAt == nil else {
            record(Burial(folder: folder).run(), in: folder)
            return 0
        }
        folder.reserveOutcome()
        do {
            try folder.writeIdentity()
        } catch {
            return complain("can't write into \(folder.path): \(error)")
        }
        record(supervise(folder), in: folder)
        return 0
    }

    private static func supervise(_ folder: RunFolder) -> SupervisedOutcome {
        do {
            var supervision = try Supervision(folder: folder, command: folder.readSpec())
            return supervision.run()
        } catch let error as Supervision.CannotStart {
            return SupervisedOutcome(reason: folder.abortRequested ? .aborted : .couldNotStart(error.sentence))
        } catch {
            return SupervisedOutcome(reason: .couldNotStart("can't read \(folder.specPath): \(error)"))
        }
    }

    /// Tries until it is written: an outcome is never lost while this process lives.
    private static func record(_ outcome: SupervisedOutcome, in folder: RunFolder) {
        while true {
            do {
                try folder.write(outcome)
                return folder.removeSpec()
            } catch {
                _ = complain("can't write the outcome into \(folder.path): \(error)")
                guard folder.exists else { return }
                poll(nil, 0, 1000)
            }
        }
    }

    /// The lock that our starter holds and has left us as descriptor 3; else one of our own.
    private static func takeLock(of folder: RunFolder) -> CInt? {
        var inherited = stat()
        var expected = stat()
        if fstat(3, &inherited) == 0, stat(folder.lockPath, &expected) == 0, inherited.st_ino == expected.st_ino,
            inherited.st_dev == expected.st_dev
        {
            _ = fcntl(3, F_SETFD, FD_CLOEXEC)
            return OpenFileLock.take(3) ? 3 : nil
        }
        guard let own = OpenFileLock.open(folder.lockPath), OpenFileLock.take(own) else { return nil }
        return own
    }

    /// Closes what the server left open by mistake: everything that would be inherited once more.
    private static func closeInherited(except lock: CInt) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in names.compactMap({ CInt($0) }) where descriptor > 2 && descriptor != lock {
            let flags = fcntl(descriptor, F_GETFD)
            if flags >= 0, flags & FD_CLOEXEC == 0 { close(descriptor) }
        }
    }

    private static func complain(_ sentence: String) -> Int32 {
        let line = Array("slipway supervise: \(sentence)\n".utf8)
        write(STDERR_FILENO, line, line.count)
        return 1
    }
}
