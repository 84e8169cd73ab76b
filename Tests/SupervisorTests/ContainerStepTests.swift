import Foundation
import Glibc
import Supervisor
import Testing

/// Steps that are handed to an agent, as they are in a container: the built `slipway-agent` on this machine, its client
/// under a supervisor.
struct ContainerStepTests {
    /// An agent that serves in a folder of its own.
    private final class Agent: Sendable {
        static var binary: String {
            URL(fileURLWithPath: Scratch.binary).deletingLastPathComponent().appendingPathComponent("slipway-agent")
                .path
        }

        let scratch: Scratch
        let pid: pid_t
        var socket: String { scratch.folder + "/agent.sock" }

        init(_ scratch: Scratch) throws {
            self.scratch = scratch
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Self.binary)
            process.arguments = ["serve", scratch.folder + "/agent.sock"]
            process.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "OF_THE_IMAGE": "yes", "BOTH": "image"]
            try process.run()
            pid = process.processIdentifier
        }

        deinit { kill(pid, SIGKILL) }

        /// A bash script as a step.
        func step(
            _ text: String, in directory: String? = nil, _ change: (inout SupervisedCommand) -> Void = { _ in }
        ) -> SupervisedCommand {
            scratch.script("") {
                $0.arguments = [
                    Self.binary, "exec", socket, "--workdir", directory ?? scratch.folder, "--", "bash", "-c", text,
                ]
                $0.skipsInterrupt = true
                change(&$0)
            }
        }

        /// Runs a step to its end.
        func run(
            _ text: String, in directory: String? = nil, _ change: (inout SupervisedCommand) -> Void = { _ in }
        ) async throws -> SupervisedOutcome {
            let id = UUID().uuidString
            try scratch.supervisor.start(id, step(text, in: directory, change))
            return try await scratch.supervisor.outcome(of: id)
        }

        /// Sends bytes and returns what comes back until the agent hangs up.
        func talk(_ bytes: [UInt8]) throws -> [UInt8] {
            let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let folder = open(scratch.folder, O_RDONLY | O_DIRECTORY)
            defer { close(folder) }
            let path = Array("/proc/self/fd/\(folder)/agent.sock".utf8)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(connected == 0)
            _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            shutdown(descriptor, Int32(SHUT_WR))
            var answer: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { answer += buffer[..<count] }
            return answer
        }
    }

    private func use(_ body: (Agent, Scratch) async throws -> Void) async throws {
        try await Scratch.use { scratch in
            let agent = try Agent(scratch)
            try await body(agent, scratch)
            kill(agent.pid, SIGKILL)
        }
    }

    /// Waits until the process has ended.
    private func waitForEnd(of pid: String) async throws {
        while Scratch.isAlive(pid) { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test func `A step's exit status and its signal come back as a shell tells them`() async throws {
        try await use { agent, scratch async throws in
            #expect(try await agent.run("echo hello").succeeded)
            #expect(scratch.log == "hello\n")
            #expect(try await agent.run("exit 3").exitStatus == 3)
            #expect(try await agent.run("exit 255").exitStatus == 255)
            let killed = try await agent.run("kill -TERM $$")
            #expect(killed.exitStatus == 143 && killed.reason == .exited)
        }
    }

    @Test func `A step has the terminal, which is its own`() async throws {
        try await use { agent, scratch async throws in
            let outcome = try await agent.run(
                """
                test -t 0 && test -t 1 && test -t 2 && echo terminal
                : > /dev/tty && echo controlling
                echo again > /dev/stderr
                stty size
                set -m; true; echo jobs
                """)
            #expect(outcome.succeeded)
            #expect(scratch.log == "terminal\ncontrolling\nagain\n40 120\njobs\n")
        }
    }

    @Test func `A step has the image's environment, under its own, and nothing of the supervisor's`() async throws {
        try await use { agent, scratch async throws in
            _ = try await agent.run(
                "env -0 | grep -zvE '^(_|SHLVL|PWD|OLDPWD)=' | sort -z | tr '\\0' '\\n'; pwd", in: "/usr/lib"
            ) {
                $0.environment = ["PATH": "/usr/bin:/bin", "BOTH": "step", "ODD": "a=b c\nd"]
            }
            #expect(
                scratch.log == """
                    BOTH=step
                    ODD=a=b c
                    d
                    OF_THE_IMAGE=yes
                    PATH=/usr/bin:/bin
                    TERM=xterm-256color
                    /usr/lib

                    """)
        }
    }

    @Test func `Not a byte of a step's output is lost`() async throws {
        try await use { agent, scratch async throws in
            #expect(try await agent.run("seq 150000").succeeded)
            #expect(scratch.log == (1...150_000).map { "\($0)\n" }.joined())
        }
    }

    @Test func `A folder or a program that isn't there is told in a line`() async throws {
        try await use { agent, scratch async throws in
            #expect(try await agent.run("true", in: "/nowhere").exitStatus == 126)
            #expect(scratch.log == "slipway: the step can't enter the folder /nowhere: No such file or directory\n")
            #expect(try await agent.run("") { $0.arguments[6] = "no-such-program" }.exitStatus == 127)
            #expect(scratch.log.hasSuffix("\nslipway: the step's container has no program no-such-program\n"))
            #expect(try await agent.run("") { $0.arguments[6] = "/etc/passwd" }.exitStatus == 126)
            #expect(scratch.log.hasSuffix("\nslipway: the step's container can't run /etc/passwd: Permission denied\n"))
        }
    }

    @Test func `A step that is ended gets TERM, then KILL, and nothing of it stays`() async throws {
        try await use { agent, scratch async throws in
            try scratch.supervisor.start(
                "1",
                agent.step(
                    """
                    trap 'echo told' TERM
                    (trap '' TERM HUP; echo $BASHPID > child; while :; do sleep 0.1; done) &
                    setsid bash -c 'trap "" TERM HUP; echo $$ > other; while :; do sleep 0.1; done' &
                    until [ -s child ] && [ -s other ]; do sleep 0.01; done
                    echo $$ > pid; while :; do sleep 0.1; done
                    """))
            let pids = [
                try await scratch.wait(for: "pid"), try await scratch.wait(for: "child"),
                try await scratch.wait(for: "other"),
            ]
            try scratch.supervisor.abort("1")
            #expect(try await scratch.supervisor.outcome(of: "1").reason == .aborted)
            #expect(scratch.log.contains("sending TERM\n") && scratch.log.contains("told\n"), "\(scratch.log)")
            #expect(scratch.log.contains("sending KILL\n"), "\(scratch.log)")
            for pid in pids { try await waitForEnd(of: pid) }
        }
    }

    @Test func `What a step that obeys TERM leaves behind is killed too`() async throws {
        try await use { agent, scratch async throws in
            try scratch.supervisor.start(
                "1",
                agent.step(
                    """
                    trap 'echo bye; exit 0' TERM
                    (trap '' TERM HUP; echo $BASHPID > child; while :; do sleep 0.1; done) &
                    until [ -s child ]; do sleep 0.01; done
                    echo $$ > pid; while :; do sleep 0.1; done
                    """))
            _ = try await scratch.wait(for: "pid")
            try scratch.supervisor.abort("1")
            #expect(try await scratch.supervisor.outcome(of: "1").exitStatus == 0)
            #expect(scratch.log.contains("bye\n") && !scratch.log.contains("sending KILL\n"), "\(scratch.log)")
            try await waitForEnd(of: try await scratch.wait(for: "child"))
        }
    }

    @Test func `When its client is killed, so is the step`() async throws {
        try await use { agent, scratch async throws in
            try scratch.supervisor.start("1", agent.step("trap '' HUP; echo $$ > pid; while :; do sleep 0.1; done"))
            let pid = try await scratch.wait(for: "pid")
            let client = try #require(scratch.read("run/1/leader").split(separator: " ").first.flatMap { Int32($0) })
            kill(client, SIGKILL)
            #expect(try await scratch.supervisor.outcome(of: "1").signal == SIGKILL)
            try await waitForEnd(of: pid)
            #expect(try await agent.run("echo next").succeeded)
        }
    }

    @Test func `When the agent is gone the client says so, and so do those that come later`() async throws {
        try await use { agent, scratch async throws in
            try scratch.supervisor.start("1", agent.step("echo $$ > pid; exec sleep 1000"))
            let pid = try await scratch.wait(for: "pid")
            kill(agent.pid, SIGKILL)
            #expect(try await scratch.supervisor.outcome(of: "1").exitStatus == 125)
            #expect(scratch.log == "slipway: the step's container has ended\n")
            #expect(try await agent.run("echo next").exitStatus == 125)
            #expect(scratch.log == String(repeating: "slipway: the step's container has ended\n", count: 2))
            // In a container it would have gone with process 1.
            if let pid = Int32(pid) { kill(pid, SIGKILL) }
        }
    }

    @Test func `What a step leaves in the background outlives it`() async throws {
        try await use { agent, scratch async throws in
            let outcome = try await agent.run(
                "bash -c 'echo $$ > pid; exec sleep 1000' & until [ -s pid ]; do sleep 0.01; done")
            #expect(outcome.succeeded)
            let pid = try await scratch.wait(for: "pid")
            #expect(try await agent.run("kill -0 \(pid)").succeeded)
            if let pid = Int32(pid) { kill(pid, SIGKILL) }
            // Nobody's children are the agent's to bury.
            while FileManager.default.fileExists(atPath: "/proc/\(pid)") {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    @Test func `Steps run beside each other`() async throws {
        try await use { agent, scratch async throws in
            try scratch.supervisor.start("1", agent.step("until [ -e go ]; do sleep 0.01; done; exit 4"))
            #expect(try await agent.run("touch go; exit 5").exitStatus == 5)
            #expect(try await scratch.supervisor.outcome(of: "1").exitStatus == 4)
        }
    }

    @Test func `Garbage is refused, and the agent lives on`() async throws {
        try await use { agent, _ async throws in
            #expect(try await agent.run("true").succeeded)
            let words = String(decoding: try agent.talk(Array("GET / HTTP/1.0\r\n\r\n".utf8)), as: UTF8.self)
            #expect(words.hasSuffix("the step's client speaks version 71, its container 1"))
            // A request without descriptors, a signal for no step, a length that none has, half a message, nothing.
            let request: [UInt8] = [1, 1, 21, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 97, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
            for bytes in [request, [1, 2, 1, 0, 0, 0, 15], [1, 1, 255, 255, 255, 255], [1, 1, 9], []] {
                #expect(try agent.talk(bytes) == [])
            }
            for _ in 0..<200 {
                _ = try agent.talk((0..<64).map { _ in UInt8.random(in: 0...255) })
                _ = try agent.talk([1] + (0..<64).map { _ in UInt8.random(in: 0...3) })
            }
            #expect(try await agent.run("exit 6").exitStatus == 6)
        }
    }

    @Test func `A link in the socket's place leads nowhere`() async throws {
        try await use { agent, scratch async throws in
            #expect(try await agent.run("mv agent.sock moved; ln -s moved agent.sock").succeeded)
            #expect(try await agent.run("true").exitStatus == 125)
            #expect(scratch.log.contains("slipway: the step's container can't be reached: "), "\(scratch.log)")
        }
    }

    @Test func `A client waits for an agent that is about to start`() async throws {
        try await Scratch.use { scratch in
            let step = scratch.script("") {
                $0.arguments = [
                    Agent.binary, "exec", scratch.folder + "/agent.sock", "--workdir", "/", "--", "echo", "served",
                ]
            }
            try scratch.supervisor.start("1", step)
            while scratch.read("run/1/leader").isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            let agent = try Agent(scratch)
            #expect(try await scratch.supervisor.outcome(of: "1").succeeded)
            #expect(scratch.log == "served\n")
            kill(agent.pid, SIGKILL)
        }
    }
}
