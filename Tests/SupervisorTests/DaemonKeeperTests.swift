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
            let first = try daemon.start(["sleep", "1000"])
            let ends = Mutex(0)
            let keeper = DaemonKeeper(daemon, running: ["sleep", "1000"]) { _ in ends.withLock { $0 += 1 } }
            let isWanted = Mutex(true)
            let work = Task.detached { try await keeper.run { isWanted.withLock { $0 } } }
            // Taken up: nothing else was started.
            #expect(daemon.pid == first)
            kill(first, SIGKILL)
            // Looked at once a turn: the first may die between two looks.
            var second = daemon.pid ?? first
            while second == first {
                try await Task.sleep(for: .milliseconds(10))
                second = daemon.pid ?? first
            }
            isWanted.withLock { $0 = false }
            kill(second, SIGKILL)
            try await work.value
            #expect(daemon.pid == nil)
            #expect(ends.withLock { $0 } == 1)
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
