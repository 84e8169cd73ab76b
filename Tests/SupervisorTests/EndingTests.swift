import Foundation
import Supervisor
import Testing

/// How a command is ended before it ends by itself.
@Suite(.timeLimit(.minutes(2)))
struct EndingTests {
    @Test func scriptThatIgnoresSignalsIsKilled() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run("trap '' INT TERM; while :; do sleep 0.1; done") {
                $0.inactivityTimeout = 1
            }
            #expect(outcome.reason == .inactive)
            #expect(outcome.signal == 9)
            #expect(
                scratch.log == """
                    slipway: no output for 1 s: sending INT
                    slipway: still running after 1 s: sending TERM
                    slipway: still running after 1 s: sending KILL

                    """)
        }
    }

    @Test func outputKeepsACommandAlive() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run("for i in 1 2 3 4; do sleep 0.4; echo $i; done") {
                $0.inactivityTimeout = 1
            }
            #expect(outcome.succeeded)
        }
    }

    @Test func timeLimit() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run("while :; do echo x; sleep 0.1; done") { $0.timeLimit = 1 }
            #expect(outcome.reason == .overTime)
            #expect(scratch.log.contains("slipway: the time limit of 1 s is over: sending INT"))
        }
    }

    @Test func abortCountsEvenWhenTheScriptSaysZero() async throws {
        try await Scratch.use { scratch in
            try scratch.supervisor.start(
                "1", scratch.script("trap 'echo bye; exit 0' INT; echo $$ > pid; while :; do sleep 0.1; done"))
            _ = try await scratch.wait(for: "pid")
            try scratch.supervisor.abort("1")
            let outcome = try await scratch.supervisor.outcome(of: "1")
            #expect(outcome.reason == .aborted)
            #expect(outcome.exitStatus == 0)
            #expect(!outcome.succeeded)
            #expect(scratch.log.hasSuffix("slipway: abort requested: sending INT\nbye\n"))
        }
    }

    @Test func abortByAnotherServer() async throws {
        try await Scratch.use { scratch in
            try scratch.supervisor.start("1", scratch.script("echo $$ > pid; exec sleep 1000"))
            let pid = try await scratch.wait(for: "pid")
            let other = Supervisor(runDirectory: scratch.folder + "/run", executable: "/nowhere")
            try other.abort("1")
            #expect(try await other.outcome(of: "1").reason == .aborted)
            #expect(!Scratch.isAlive(pid))
        }
    }

    @Test func grandchildrenDie() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run(
                """
                (trap '' HUP INT TERM; echo $BASHPID > a; while :; do sleep 0.1; done) &
                set -m
                (trap '' HUP INT TERM; echo $BASHPID > b; while :; do sleep 0.1; done) &
                until [ -s a ] && [ -s b ]; do sleep 0.01; done
                exit 4
                """)
            #expect(outcome.exitStatus == 4)
            #expect(!Scratch.isAlive(try await scratch.wait(for: "a")))
            #expect(!Scratch.isAlive(try await scratch.wait(for: "b")))
        }
    }

    @Test func descendantsWithASessionOfTheirOwnDie() async throws {
        try await Scratch.use { scratch in
            try scratch.supervisor.start(
                "1",
                scratch.script("setsid -w bash -c 'trap \"\" INT TERM; echo $$ > pid; while :; do sleep 0.1; done'"))
            let pid = try await scratch.wait(for: "pid")
            try scratch.supervisor.abort("1")
            #expect(try await scratch.supervisor.outcome(of: "1").reason == .aborted)
            #expect(!Scratch.isAlive(pid))
        }
    }

    @Test func daemonsThatGotAwayDieWithAnAbort() async throws {
        try await Scratch.use { scratch in
            // Neither parent nor session nor environment says whose it is.
            try scratch.supervisor.start(
                "1",
                scratch.script(
                    """
                    trap 'exit 0' INT
                    setsid -f env -i bash -c 'trap "" INT TERM; (echo $BASHPID > '$FOLDER'/a; while :; do sleep 0.1; done) & echo $$ > '$FOLDER'/b; wait'
                    until [ -s a ] && [ -s b ]; do sleep 0.01; done
                    echo $$ > pid; while :; do sleep 0.1; done
                    """))
            _ = try await scratch.wait(for: "pid")
            try scratch.supervisor.abort("1")
            let outcome = try await scratch.supervisor.outcome(of: "1")
            #expect(outcome.reason == .aborted && outcome.exitStatus == 0)
            #expect(!Scratch.isAlive(try await scratch.wait(for: "a")))
            #expect(!Scratch.isAlive(try await scratch.wait(for: "b")))
        }
    }

    @Test func orphansThatEndAreBuried() async throws {
        try await Scratch.use { scratch in
            try await scratch.run(
                "for i in 1 2 3; do (sleep 0.1 &); done; sleep 0.5; echo; sleep 0.2; ps -o stat= --ppid $PPID | grep -c Z"
            )
            #expect(scratch.log == "\n0\n")
        }
    }

    @Test func interruptCanBeSkipped() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run("trap '' INT TERM; while :; do sleep 0.1; done") {
                $0.inactivityTimeout = 1
                $0.skipsInterrupt = true
            }
            #expect(outcome.signal == 9)
            #expect(
                scratch.log == """
                    slipway: no output for 1 s: sending TERM
                    slipway: still running after 1 s: sending KILL

                    """)
        }
    }

    @Test func daemonThatHoldsTheTerminalDoesNotHangTheRun() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run(
                "setsid -f bash -c 'echo $$ > pid; exec sleep 1000'; until [ -s pid ]; do sleep 0.01; done; echo done")
            #expect(outcome.succeeded)
            #expect(scratch.log == "done\n")
            if let pid = Int32(try await scratch.wait(for: "pid")) { kill(pid, SIGKILL) }
        }
    }
}
