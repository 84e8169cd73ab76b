import Client
import Engines
import Foundation
import Model
import Stacks
import Testing

@testable import slipway

/// Every way that an `up` can end, as a script sees it.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct UpCommandTests {
    private static func file(_ variable: String = "one", command: String = "sleep infinity") -> String {
        """
        web:
          image: debian:12-slim
          command: [/bin/sh, -c, "\(command)"]
          stop_signal: SIGKILL
          environment: {V: \(variable)}

        """
    }

    private struct Stack {
        let slipway: Installation

        func up(_ file: String, _ arguments: String...) async throws -> (status: Int32, output: String) {
            try Data(file.utf8).write(to: URL(filePath: "\(slipway.folder)/docker-compose.yml"))
            return try await slipway.program(["up", "--stack", "shop"] + arguments)
        }

        var running: [String] {
            get async throws { try await slipway.containers("shop", "web").filter { $0.state == .running }.map(\.id) }
        }

        var parked: Int {
            get async throws {
                let stacks: [StackView] = try await slipway.client().get("/environments/production/stacks")
                return stacks.flatMap(\.services).flatMap(\.containers).filter(\.parked).count
            }
        }
    }

    @Test func `Each outcome of up is said, has its exit status, and is what runs`() async throws {
        try await Installation.run { slipway in
            let stack = Stack(slipway: slipway)
            var run = try await stack.up(Self.file(), "-d")
            #expect(run.status == 0 && run.output.contains("creating"), "\(run.output)")
            let first = try await stack.running
            for flags in [[], ["--upgrade"]] {
                run = try await slipway.program(["up", "--stack", "shop", "-d"] + flags)
                #expect(run.status == 0 && run.output.contains("web: no change"), "\(run.output)")
                #expect(try await stack.running == first)
            }
            run = try await stack.up(Self.file("two"))
            #expect(run.status == 0 && run.output.contains("out of sync"), "\(run.output)")
            #expect(try await stack.running == first)

            // Good, and good again: nothing has to be confirmed in between.
            for variable in ["two", "three"] {
                run = try await stack.up(Self.file(variable), "--upgrade", "--interval", "0", "--batch-size", "1")
                #expect(run.status == 0, "\(run.output)")
                #expect(try await stack.parked == 1)
            }
            #expect(Set(first).isDisjoint(with: try await stack.running))
            run = try await stack.up(Self.file("three"), "--confirm-upgrade")
            #expect(run.status == 0, "\(run.output)")
            try await slipway.wait("the parked containers to go") { try await stack.parked == 0 }
            run = try await stack.up(Self.file("four"), "--upgrade")
            #expect(run.status == 0, "\(run.output)")
            run = try await stack.up(Self.file("four"), "--rollback", "-d")
            #expect(run.status == 0 && run.output.contains("going back"), "\(run.output)")
            let before = try await stack.running
            run = try await stack.up(Self.file("three"), "--force-upgrade")
            #expect(run.status == 0, "\(run.output)")
            #expect(Set(before).isDisjoint(with: try await stack.running))

            // What fails is taken back, and says how.
            run = try await stack.up(Self.file("five", command: "exit 1"), "--upgrade")
            #expect(run.status == 3 && run.output.contains("rolled back"), "\(run.output)")
            #expect(try await stack.running.count == 1)
        }
    }

    @Test func `What isn't there is an error that names what is`() async throws {
        try await Installation.run { slipway in
            let stack = Stack(slipway: slipway)
            var run = try await slipway.program(["up", "--stack", "shop"])
            #expect(run.status == 1 && run.output.contains("looked for docker-compose.yml"), "\(run.output)")
            run = try await stack.up(Self.file(), "-f", "nowhere.yml")
            #expect(run.status == 1 && run.output.contains("\(slipway.folder)/nowhere.yml"), "\(run.output)")
            run = try await stack.up(Self.file(), "--env", "Nowhere")
            #expect(run.status == 1 && run.output.contains(slipway.name), "\(run.output)")
            run = try await stack.up(Self.file(), "wbe")
            #expect(run.status == 1 && run.output.contains("Services: web"), "\(run.output)")
            run = try await stack.up(Self.file(), "--upgrad")
            #expect(run.status == 2 && run.output.contains("did you mean --upgrade?"), "\(run.output)")
            #expect(try await slipway.client().get("/environments/production/stacks") as [StackView] == [])
        }
    }

    @Test func `Files come from everywhere that they may come from`() async throws {
        try await Installation.run { slipway in
            func write(_ name: String, _ text: String) throws {
                try Data(text.utf8).write(to: URL(filePath: "\(slipway.folder)/\(name)"))
            }
            try write("a.yml", "web:\n  image: debian:${VERSION}\n  environment: {A: a, B: a}\n")
            try write("b.yml", "web:\n  environment: {B: b}\n")
            try write("r.yml", "web:\n  scale: 4\n  upgrade_strategy: {batch_size: 3}\n")
            try write("values.env", "VERSION=file\n")
            func spec(_ script: String) async throws -> StackSpec {
                let text = try await slipway.shell(
                    "cd '\(slipway.folder)'; export VERSION=system; slipway() { '\(Installation.executable)' \"$@\"; }; \(script)"
                )
                return try JSONCoding.decoder.decode(StackSpec.self, from: Data(text.utf8))
            }
            for script in [
                "slipway up --render --json -f a.yml -f b.yml --rancher-file r.yml -e values.env",
                "slipway up -e values.env --rancher-file=r.yml --json -f a.yml:b.yml --render",
                "COMPOSE_FILE=a.yml:b.yml slipway up --json --render --env-file values.env --rancher-file r.yml",
                "cat a.yml | slipway up -f - -f b.yml --json --render --env-file values.env --rancher-file r.yml",
            ] {
                let web = try #require(try await spec(script)["web"], "\(script)")
                #expect(web.image == "debian:file" && web.scale == 4, "\(script)")
                #expect(web.environment == ["A": "a", "B": "b"], "\(script)")
            }
            #expect(try await spec("slipway up --render --json -f a.yml")["web"]?.image == "debian:system")
        }
    }
}
