import Foundation
import Model
import Supervisor
import Testing

@Suite(.timeLimit(.minutes(2)))
struct SupervisorTests {
    @Test(arguments: [0, 1, 7, 255])
    func exitStatus(_ status: Int32) async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run("echo hello; exit \(status)")
            #expect(outcome.reason == .exited)
            #expect(outcome.exitStatus == status)
            #expect(outcome.succeeded == (status == 0))
            #expect(scratch.log == "hello\n")
        }
    }

    @Test func signal() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run("kill -SEGV $$")
            #expect(outcome.reason == .signaled)
            #expect(outcome.signal == 11)
            #expect(outcome.exitStatus == nil)
        }
    }

    @Test func runsOnAControllingTerminal() async throws {
        try await Scratch.use { scratch in
            try await scratch.run("test -t 0 && test -t 1 && test -t 2 && echo tty; stty size; echo x > /dev/tty; tty")
            let lines = scratch.log.split(separator: "\n")
            #expect(lines.prefix(3) == ["tty", "40 120", "x"])
            #expect(lines.last?.hasPrefix("/dev/pts/") == true)
        }
    }

    @Test func environmentIsTheGivenOneAlone() async throws {
        try await Scratch.use { scratch in
            try await scratch.run("env | cut -d= -f1 | sort | tr '\\n' ' '")
            #expect(scratch.log == "FOLDER PATH PWD SHLVL SLIPWAY_RUN TERM _ ")
        }
    }

    @Test func noDescriptorIsInherited() async throws {
        let leaked = FileHandle(forReadingAtPath: "/etc/hostname")
        try await Scratch.use { scratch in
            try await scratch.run("ls /proc/self/fd | tr '\\n' ' '")
            #expect(scratch.log == "0 1 2 3 ")  // 3 is the folder that ls reads
        }
        try leaked?.close()
    }

    @Test func missingProgramCouldNotStart() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run("") { $0.arguments = ["no-such-program"] }
            guard case .couldNotStart(let sentence) = outcome.reason else {
                Issue.record("\(outcome)")
                return
            }
            #expect(sentence.contains("no-such-program"))
            #expect(scratch.log.contains("no-such-program"))
        }
    }

    @Test func missingFolderCouldNotStart() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run("") { $0.workingDirectory = "/no/such/folder" }
            guard case .couldNotStart(let sentence) = outcome.reason else {
                Issue.record("\(outcome)")
                return
            }
            #expect(sentence.contains("/no/such/folder"))
        }
    }

    @Test func outputIsComplete() async throws {
        try await Scratch.use { scratch in
            let outcome = try await scratch.run("seq 1000000")
            #expect(outcome.exitStatus == 0)
            let log = FileManager.default.contents(atPath: scratch.folder + "/log") ?? Data()
            #expect(log.count == 6_888_896)
            #expect(log.suffix(8) == Data("1000000\n".utf8))
        }
    }

    @Test func lastWordsAreKept() async throws {
        try await Scratch.use { scratch in
            for number in 0..<20 {
                try scratch.supervisor.start("n\(number)", scratch.script("echo a; echo b; exec echo last"))
                _ = try await scratch.supervisor.outcome(of: "n\(number)")
            }
            #expect(scratch.log == String(repeating: "a\nb\nlast\n", count: 20))
        }
    }

    @Test func secretsAreMaskedAlsoAcrossWrites() async throws {
        try await Scratch.use { scratch in
            try await scratch.run("echo x hunter2hunter2 y; printf 'a hunter2'; sleep 0.2; echo 'hunter2 b'") {
                $0.secrets = ["hunter2hunter2"]
            }
            #expect(scratch.log == "x **** y\na **** b\n")
        }
    }

    @Test func secondStartAdopts() async throws {
        try await Scratch.use { scratch in
            let command = scratch.script("echo once; read -t 1 < <(sleep 2); exit 3")
            try scratch.supervisor.start("1", command)
            try scratch.supervisor.start("1", command)
            #expect(try await scratch.supervisor.outcome(of: "1").exitStatus == 3)
            try scratch.supervisor.start("1", command)
            #expect(try await scratch.supervisor.outcome(of: "1").exitStatus == 3)
            #expect(scratch.log == "once\n")
        }
    }

    @Test func parallelStartsRunOnce() async throws {
        try await Scratch.use { scratch in
            let (supervisor, command) = (scratch.supervisor, scratch.script("echo once"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { @concurrent in try supervisor.start("1", command) } }
                try await group.waitForAll()
            }
            #expect(try await supervisor.outcome(of: "1").exitStatus == 0)
            #expect(scratch.log == "once\n")
        }
    }

    @Test func absentRunsAreNamed() async throws {
        try await Scratch.use { scratch in
            #expect(scratch.supervisor.state("9") == .absent)
            #expect(throws: Failure.self) { try scratch.supervisor.abort("9") }
            await #expect(throws: Failure.self) { try await scratch.supervisor.outcome(of: "9") }
            #expect(throws: Failure.self) { try scratch.supervisor.start("../x", scratch.script("")) }
        }
    }

    @Test func removeWaitsForTheEnd() async throws {
        try await Scratch.use { scratch in
            try scratch.supervisor.start("1", scratch.script("echo $$ > pid; sleep 1000"))
            _ = try await scratch.wait(for: "pid")
            #expect(throws: Failure.self) { try scratch.supervisor.remove("1") }
            try scratch.supervisor.abort("1")
            _ = try await scratch.supervisor.outcome(of: "1")
            try scratch.supervisor.remove("1")
            #expect(scratch.supervisor.state("1") == .absent)
        }
    }
}
