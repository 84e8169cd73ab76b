import Glibc
import Synchronization

/// Children of this process that nobody waits for: they must outlive us, and must not stay zombies while we live.
enum Children {
    private static let pids = Mutex<Set<pid_t>>([])

    /// Remembers a child.
    static func adopt(_ pid: pid_t) {
        pids.withLock { _ = $0.insert(pid) }
    }

    /// Buries those that have ended; never waits.
    static func reap() {
        pids.withLock { pids in
            for pid in pids where waitpid(pid, nil, WNOHANG) != 0 { pids.remove(pid) }
        }
    }
}
