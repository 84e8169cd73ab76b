import Foundation
import Glibc
import Synchronization
import Testing

@testable import Supervisor

@Suite(.timeLimit(.minutes(2)))
struct DaemonKeeperTests {
    @Test func `One that ran for a while is back at once; one that fails again and again, later and later`() {
        #expect(DaemonKeeper.pause(after: nil, ran: .seconds(3)) == .zero)
        #expect(DaemonKeeper.pause(after: nil, ran: .milliseconds(5)) == .milliseconds(10))
        #expect(DaemonKeeper.pause(after: .zero, ran: .milliseconds(5)) == .milliseconds(10))
        #expect(DaemonKeeper.pause(after: .milliseconds(10), ran: .milliseconds(5)) == .milliseconds(20))
        #expect(DaemonKeeper.pause(after: .seconds(1), ran: .milliseconds(5)) == .seconds(1))
        #expect(DaemonKeeper.pause(after: .seconds(1), ran: .seconds(9)) == .zero)
    }

    @Test func `A daemon that is killed comes back; one that runs already is taken up`() async throws {
        try await Scratch.use { scratch in
            let daemon = Daemon(name: "sleeper", pidDirectory: scratch.folder, logPath: scratch.folder + "/log")
            let starts = scratch.folder + "/starts"
            let command = ["sh", "-c", "echo >> \(starts); exec sleep 1000"]
            let first = try daemon.start(command)
            let ends = Mutex(0)
            let keeper = DaemonKeeper(daemon, running: command) { _ in ends.withLock { $0 += 1 } }
            let isWanted = Mutex(true)
            let work = Task.detached { try await keeper.run { isWanted.withLock { $0 } } }
            // The keeper may not have looked yet: of the first's end it may know nothing, of the second's it does.
            let second = try await successor(of: first, daemon, starts)
            let seen = ends.withLock { $0 }
            let third = try await successor(of: second, daemon, starts)
            #expect(ends.withLock { $0 } == seen + 1)
            isWanted.withLock { $0 = false }
            kill(third, SIGKILL)
            try await work.value
            #expect(daemon.pid == nil)
            // What ran already was taken up: nothing was started beside it.
            #expect(count(starts) == 3)
        }
    }

    private func count(_ starts: String) -> Int {
        (try? String(contentsOfFile: starts, encoding: .utf8))?.count { $0.isNewline } ?? 0
    }

    /// Kills the daemon once it has said that it started; returns what was started in its place, and said so.
    private func successor(of pid: Int32, _ daemon: Daemon, _ starts: String) async throws -> Int32 {
        let before = max(1, count(starts))
        while count(starts) < before { try await Task.sleep(for: .milliseconds(10)) }
        kill(pid, SIGKILL)
        while true {
            // Looked at once a turn: it may end between two looks.
            if let next = daemon.pid, next != pid, count(starts) > before { return next }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func `What is started holds none of our sockets`() async throws {
        try await Scratch.use { scratch in
            let ours = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(ours) }
            #expect(fcntl(ours, F_GETFD) & FD_CLOEXEC == 0)
            let daemon = Daemon(name: "sleeper", pidDirectory: scratch.folder, logPath: scratch.folder + "/log")
            let pid = try daemon.start(["sleep", "1000"])
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")
                .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\($0)") }
            #expect(!open.contains { $0.hasPrefix("socket:") }, "\(open)")
            await daemon.stop()
        }
    }
}
