import Foundation
import Glibc
import Supervisor
import Testing

/// What is left when a process that should live dies.
@Suite(.timeLimit(.minutes(2)))
struct DeathTests {
    /// Kills the supervisor of a script that writes its own pid to `pid`, and returns that.
    private func loss(of script: String, in scratch: Scratch, _ change: (inout SupervisedCommand) -> Void = { _ in })
        async throws -> String
    {
        try scratch.supervisor.start("1", scratch.script("echo $PPID > parent; \(script)", change))
        let pid = try await scratch.wait(for: "pid")
        let supervisor = try #require(Int32(scratch.read("parent").trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(supervisor, SIGKILL)
        #expect(try await scratch.supervisor.outcome(of: "1").reason == .lost)
        return pid
    }

    @Test func killedSupervisorIsLost() async throws {
        try await Scratch.use { scratch in
            let pid = try await loss(
                of: "printf half; until grep -q half log; do sleep 0.01; done; echo $$ > pid; exec sleep 1000",
                in: scratch)
            #expect(!Scratch.isAlive(pid))
            try scratch.supervisor.start("1", scratch.script("echo again"))
            #expect(try await scratch.supervisor.outcome(of: "1").reason == .lost)
            let lines = scratch.log.split(separator: "\n")
            #expect(lines.count == 2 && lines.first == "half")
            #expect(lines.last?.hasPrefix("slipway: the supervisor of this step was killed") == true)
        }
    }

    @Test func nothingOfALostRunGoesOn() async throws {
        try await Scratch.use { scratch in
            // Deaf to the terminal's hang-up, in a session of its own, and without its parent.
            let pid = try await loss(
                of: """
                    trap '' HUP
                    (setsid sh -c 'trap "" HUP; echo $$ > other; while :; do sleep 0.1; done' &)
                    until test -s other; do sleep 0.01; done
                    echo $$ > pid; while :; do sleep 0.1; done
                    """, in: scratch)
            #expect(!Scratch.isAlive(pid))
            let other = try await scratch.wait(for: "other")
            #expect(!other.isEmpty && !Scratch.isAlive(other))
        }
    }

    @Test func aBurialThatWasCutShortIsBegunAnew() async throws {
        try await Scratch.use { scratch in
            _ = try await loss(of: "echo $$ > pid; exec sleep 1000", in: scratch)
            let log = scratch.log
            try FileManager.default.removeItem(atPath: scratch.folder + "/run/1/outcome.json")
            let spec = try JSONEncoder().encode(scratch.script("echo again"))
            try spec.write(to: URL(fileURLWithPath: scratch.folder + "/run/1/spec.json"))
            #expect(try await scratch.supervisor.outcome(of: "1").reason == .lost)
            #expect(scratch.log == log)
        }
    }

    @Test func whatIsRemovedRightAfterTheEndIsGone() async throws {
        try await Scratch.use { scratch in
            for _ in 0..<40 {
                try scratch.supervisor.start("1", scratch.script("true"))
                while true {
                    // Sooner than any server looks.
                    if case .ended = scratch.supervisor.state("1") { break }
                    try await Task.sleep(for: .milliseconds(1))
                }
                try scratch.supervisor.remove("1")
                #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder + "/run") == [])
            }
        }
    }

    @Test func draftsOfADeadServerAreRemoved() async throws {
        try await Scratch.use { scratch in
            try await scratch.run("true")
            let draft = scratch.folder + "/run/.0B1E"
            try FileManager.default.createDirectory(atPath: draft, withIntermediateDirectories: true)
            scratch.supervisor.removeDrafts()
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder + "/run") == ["1"])
        }
    }

    @Test func supervisorHasASessionOfItsOwn() async throws {
        try await Scratch.use { scratch in
            try scratch.supervisor.start("1", scratch.script("echo $PPID > parent; ps -o sess= -p $PPID; exit 0"))
            _ = try await scratch.supervisor.outcome(of: "1")
            #expect(scratch.log.trimmingCharacters(in: .whitespaces) == scratch.read("parent"))
        }
    }

    @Test func claimWithoutASupervisorMayBeStartedAgain() async throws {
        try await Scratch.use { scratch in
            let broken = Supervisor(runDirectory: scratch.folder + "/run", executable: "/no/such/binary")
            #expect(throws: (any Error).self) { try broken.start("1", scratch.script("echo once")) }
            #expect(scratch.supervisor.state("1") == .absent)
            try scratch.supervisor.start("1", scratch.script("echo once"))
            #expect(try await scratch.supervisor.outcome(of: "1").succeeded)
            #expect(scratch.log == "once\n")
        }
    }

    @Test func abortBeforeTheStartIsHonoured() async throws {
        try await Scratch.use { scratch in
            let broken = Supervisor(runDirectory: scratch.folder + "/run", executable: "/no/such/binary")
            #expect(throws: (any Error).self) { try broken.start("1", scratch.script("echo once")) }
            try scratch.supervisor.abort("1")
            try scratch.supervisor.start("1", scratch.script("echo once"))
            #expect(try await scratch.supervisor.outcome(of: "1").reason == .aborted)
            #expect(!scratch.log.contains("once"))
        }
    }

    @Test func fullDiskLosesTheLogAndNotTheOutcome() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run("echo one; exit 6") {
                $0.logPath = "/dev/full"
                $0.logPatience = 1
            }
            #expect(outcome.exitStatus == 6)
            #expect(outcome.logTruncated)
        }
    }

    @Test func fullDiskHoldsTheScriptBack() async throws {
        try await Scratch.use { scratch in
            try scratch.supervisor.start(
                "1",
                scratch.script("seq 1000000; echo done > done") {
                    $0.logPath = "/dev/full"
                    $0.logPatience = 0
                    $0.timeLimit = 2
                })
            let outcome = try await scratch.supervisor.outcome(of: "1")
            #expect(outcome.reason == .overTime)
            #expect(scratch.read("done") == "")
        }
    }

    @Test func specWithItsSecretsIsGoneAfterTheEnd() async throws {
        try await Scratch.use { scratch in
            try await scratch.run("stat -c %a $FOLDER/run/1 $FOLDER/run/1/spec.json")
            #expect(scratch.log == "700\n600\n")
            // It goes right after the outcome is written.
            while FileManager.default.fileExists(atPath: scratch.folder + "/run/1/spec.json") {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }
}

@Suite(.timeLimit(.minutes(1)))
struct DaemonTests {
    @Test func startsOnceAndStops() async throws {
        try await Scratch.use { scratch in
            let daemon = Daemon(name: "edge", pidDirectory: scratch.folder, logPath: scratch.folder + "/edge.log")
            #expect(!daemon.isRunning())
            let pid = try daemon.start(["sh", "-c", "echo up; exec sleep 1000"])
            #expect(daemon.isRunning())
            #expect(try daemon.start(["sleep", "1000"]) == pid)
            #expect(daemon.pid == pid)
            await daemon.stop(grace: .seconds(5))
            #expect(!daemon.isRunning())
            #expect(!Scratch.isAlive("\(pid)"))
        }
    }

    @Test func nothingOfTheServersIsInherited() async throws {
        try await Scratch.use { scratch in
            // As NIO's listening sockets are: not closed at exec.
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(socket) }
            #expect(socket > 2 && fcntl(socket, F_GETFD) & FD_CLOEXEC == 0)
            let daemon = Daemon(name: "edge", pidDirectory: scratch.folder, logPath: scratch.folder + "/edge.log")
            let pid = try daemon.start(["sleep", "1000"])
            while true {
                // Until the exec it is still the server's own program; until it sleeps it opens its libraries.
                let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
                let isSleep = program?.hasSuffix("sleep") == true || program?.hasSuffix("coreutils") == true
                let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
                if isSleep, stat.wholeMatch(of: #/\d+ \(.*\) S [\s\S]*/#) != nil { break }
                try await Task.sleep(for: .milliseconds(5))
            }
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")
            #expect(open.sorted() == ["0", "1", "2"])
            await daemon.stop(grace: .seconds(5))
        }
    }

    @Test func aLostPidFileIsNoLostDaemon() async throws {
        try await Scratch.use { scratch in
            let daemon = Daemon(name: "edge", pidDirectory: scratch.folder, logPath: scratch.folder + "/edge.log")
            let pid = try daemon.start(["sleep", "1000"])
            try FileManager.default.removeItem(atPath: scratch.folder + "/edge.pid")
            #expect(try daemon.start(["sleep", "1000"]) == pid)
            await daemon.stop(grace: .seconds(5))
        }
    }

    @Test func aReusedNumberIsNotTheDaemon() async throws {
        try await Scratch.use { scratch in
            let daemon = Daemon(name: "edge", pidDirectory: scratch.folder, logPath: scratch.folder + "/edge.log")
            try Data("\(ProcessInfo.processInfo.processIdentifier) 1 boot\n".utf8).write(
                to: URL(fileURLWithPath: scratch.folder + "/edge.pid"))
            #expect(!daemon.isRunning())
        }
    }

    @Test func missingProgramIsNamed() async throws {
        try await Scratch.use { scratch in
            let daemon = Daemon(name: "edge", pidDirectory: scratch.folder, logPath: scratch.folder + "/edge.log")
            #expect { try daemon.start(["no-such-program"]) } throws: { "\($0)".contains("no-such-program") }
        }
    }
}
