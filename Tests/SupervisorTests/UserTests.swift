import Foundation
import Glibc
import Supervisor
import Testing

/// Commands that run as another user than their supervisor.
@Suite(.enabled(if: geteuid() == 0, "only root can become somebody else"), .timeLimit(.minutes(1)))
struct UserTests {
    private static let number = UInt32.random(in: 70_000..<80_000)

    private func change(_ scratch: Scratch, _ groups: [UInt32] = []) throws -> (inout SupervisedCommand) -> Void {
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: scratch.folder)
        return { $0.user = SupervisedUser(number: Self.number, group: Self.number + 1, groups: groups) }
    }

    @Test func `A command has its user, the groups that it was given, and no more`() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run(
                """
                echo "$(id -u) $(id -g) $(id -G)"
                grep -E '^(Uid|Gid|Cap(Inh|Prm|Eff|Amb)|NoNewPrivs)' /proc/self/status | tr '\\t' ' '
                echo "core $(ulimit -c -H), umask $(umask), files $(ls /proc/$$/fd | tr '\\n' ' ')"
                stat -c 'terminal %u %a' "$(tty)"
                echo said > /dev/tty
                """, try change(scratch, [Self.number + 2]))
            #expect(outcome.succeeded, "\(scratch.log)")
            let (user, group) = (Self.number, Self.number + 1)
            for line in [
                "\(user) \(group) \(group) \(user + 2)", "Uid: \(user) \(user) \(user) \(user)",
                "Gid: \(group) \(group) \(group) \(group)", "CapInh: 0000000000000000", "CapPrm: 0000000000000000",
                "CapEff: 0000000000000000", "CapAmb: 0000000000000000", "NoNewPrivs: 1", "core 0, umask 0022",
                "terminal \(user) 620", "said",
            ] {
                #expect(scratch.log.contains(line), "\(line): \(scratch.log)")
            }
        }
    }

    @Test func `Its supervisor's things are closed to it`() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run(
                """
                cat "$SLIPWAY_RUN/spec.json" || echo no spec
                cat /proc/$PPID/environ || echo no environment
                kill -9 $PPID || echo no signal
                echo x >> "$FOLDER/log" || echo no log
                """, try change(scratch))
            #expect(outcome.succeeded)
            for line in ["no spec", "no environment", "no signal", "no log"] {
                #expect(scratch.log.contains("\(line)\n"), "\(line): \(scratch.log)")
            }
        }
    }

    @Test func `A folder that it may not enter is said, and so is a program that it may not run`() async throws {
        try await Scratch.use { scratch in
            let change = try change(scratch)
            let closed = "\(scratch.folder)/closed"
            try FileManager.default.createDirectory(
                atPath: closed, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let outcome = try await scratch.run("true") {
                change(&$0)
                $0.workingDirectory = closed
            }
            #expect(outcome.reason == .couldNotStart("can't enter \(closed): Permission denied"))
            var command = scratch.script("true", change)
            command.arguments = ["/root/no/program"]
            try scratch.supervisor.start("2", command)
            #expect(
                try await scratch.supervisor.outcome(of: "2").reason
                    == .couldNotStart("can't run /root/no/program: Permission denied"))
        }
    }

    @Test func `An abort ends it with all that it has started`() async throws {
        try await Scratch.use { scratch in
            try scratch.supervisor.start(
                "1",
                scratch.script(
                    """
                    setsid -f bash -c "trap '' HUP INT TERM; echo \\$\\$ > $FOLDER/child; sleep 1000 & wait; sleep 1000"
                    echo "$$" > "$FOLDER/pid"; trap '' INT TERM; while :; do sleep 1; done
                    """, try change(scratch)))
            let pids = [try await scratch.wait(for: "child"), try await scratch.wait(for: "pid")]
            try scratch.supervisor.abort("1")
            #expect(try await scratch.supervisor.outcome(of: "1").reason == .aborted)
            for pid in pids { #expect(!Scratch.isAlive(pid)) }
        }
    }
}
