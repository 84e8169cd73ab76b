import Foundation
import Glibc

/// Starts a daemon, and again whenever it ends; a process of its own does this, so that it goes on without the server.
///
/// Ending the keeper leaves the daemon alone: the next keeper takes up the one that runs.
public struct DaemonKeeper: Sendable {
    private let daemon: Daemon
    private let arguments: [String]
    private let say: @Sendable (String) -> Void

    /// `say` gets a line for the log whenever the daemon ended.
    public init(_ daemon: Daemon, running arguments: [String], say: @escaping @Sendable (String) -> Void) {
        self.daemon = daemon
        self.arguments = arguments
        self.say = say
    }

    /// Keeps the daemon running as long as `isWanted` says so; it is asked whenever the daemon has ended.
    public func run(while isWanted: @Sendable () -> Bool) async throws {
        var pause: Duration?
        while isWanted() {
            let began = ContinuousClock.now
            do {
                let pid = try daemon.start(arguments)
                try await Self.end(of: pid)
                guard isWanted() else { return }
                say("\(arguments.first ?? "") (\(pid)) ended and is started again")
            } catch let failure as CancellationError {
                throw failure
            } catch {
                say("\(error)")
            }
            let next = Self.pause(after: pause, ran: ContinuousClock.now - began)
            if next > .zero { try await Task.sleep(for: next) }
            pause = next
        }
    }

    /// How long to wait before the next start: not at all after one that ran for a while, and then longer and longer.
    static func pause(after last: Duration?, ran: Duration) -> Duration {
        if ran >= .seconds(2) { return .zero }
        guard let last else { return .milliseconds(10) }
        return min(max(last * 2, .milliseconds(10)), .seconds(1))
    }

    /// Returns when the process has ended. One that another process started gives its end away by nothing that can be
    /// waited for, so it is looked at ten times a second.
    private static func end(of pid: Int32) async throws {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0 {
            guard errno == EINTR else { break }
        }
        guard let identity = ProcessIdentity(pid: pid) else { return }
        while identity.isAlive { try await Task.sleep(for: .milliseconds(100)) }
    }
}
