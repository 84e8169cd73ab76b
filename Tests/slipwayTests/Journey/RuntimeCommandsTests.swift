import Access
import Client
import Engines
import Foundation
import Model
import Stacks
import Testing

@testable import slipway

/// The commands of what runs, as a person or a script calls them, against a real server and a real engine.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct RuntimeCommandsTests {
    /// A service that prints its name and waits; two containers.
    private static let files = """
        web:
          image: debian:12-slim
          command: [/bin/sh, -c, "echo ready $$HOSTNAME; trap 'exit 0' TERM; sleep infinity & wait"]
          environment: {LEVEL: info, PGPASSWORD: hunter2}
          volumes: ["data:/data"]
          scale: 2

        """

    private func write(_ text: String, _ slipway: Installation, _ name: String = "docker-compose.yml") throws {
        try Data(text.utf8).write(to: URL(filePath: "\(slipway.folder)/\(name)"))
    }

    /// Runs it under a terminal of its own; each text is typed when what is to be seen before it has been seen.
    private func typed(
        _ steps: [(seen: String, typed: String)], _ arguments: String, _ slipway: Installation
    ) async throws -> (status: Int, output: String) {
        let command = "stty rows 33 cols 111; exec '\(Installation.executable)' \(arguments)"
        let typing = steps.map { step in
            "until grep -q '\(step.seen)' screen || ! kill -0 $terminal; do sleep 0.1; done; printf '\(step.typed)' >&3"
        }
        let output = try await slipway.shell(
            """
            cd '\(slipway.folder)'; export SLIPWAY_DATA='\(slipway.data.path)'; rm -f keys screen; mkfifo keys
            script -qec "\(command)" /dev/null < keys > screen & terminal=$!
            exec 3> keys; touch screen
            \(typing.joined(separator: "\n"))
            wait $terminal; status=$?; cat screen; echo "status $status"
            """)
        let status = output.matches(of: #/status (\d+)/#).last.flatMap { Int($0.1) }
        return (status ?? -1, output)
    }

    @Test func `Rendering says what would change and changes nothing; nothing is pruned unasked`() async throws {
        try await Installation.run { slipway in
            // Without a server the files are all that is shown, and JSON asks nobody.
            try write(Self.files, slipway)
            var run = try await slipway.program(["up", "--stack", "shop", "--render"])
            #expect(run.status == 0, "\(run.output)")
            #expect(run.output.contains("[web]: web: creating 2 x debian:12-slim"), "\(run.output)")
            run = try await slipway.program(
                ["up", "--stack", "shop", "--render", "--json"], ["SLIPWAY_URL": "http://127.0.0.1:1"])
            #expect(run.status == 0)
            let spec = try JSONCoding.decoder.decode(StackSpec.self, from: Data(run.output.utf8))
            #expect(spec["web"]?.scale == 2)
            run = try await slipway.program(
                ["up", "--stack", "shop", "--render"], ["SLIPWAY_URL": "http://127.0.0.1:1"])
            #expect(run.status == 0 && run.output.contains("what would change can't be told"), "\(run.output)")

            run = try await slipway.program(
                ["up", "--stack", "shop", "-d"])
            #expect(run.status == 0, "\(run.output)")
            let before = try await slipway.containers("shop", "web").map(\.id)

            let changed = Self.files.replacing("info", with: "debug").replacing("hunter2", with: "swordfish")
                .replacing("scale: 2", with: "stop_grace_period: 5s\n  scale: 2")
            try write(changed, slipway)
            run = try await slipway.program(["up", "--stack", "shop", "--upgrade", "--render"])
            #expect(run.status == 0)
            for line in [
                "~ environment LEVEL", "~ environment PGPASSWORD", "+ configuration stop_grace_period: 5",
                "1. - \(slipway.name)-shop-web-1-2", "2. - \(slipway.name)-shop-web-1-1", "+ 2 containers",
            ] { #expect(run.output.contains(line), "\(line) is not in \(run.output)") }
            let difference = run.output.components(separatedBy: "[web]:").last ?? ""
            #expect(!difference.contains("hunter2") && !difference.contains("swordfish"))
            #expect(try await slipway.containers("shop", "web").map(\.id) == before)
            let failure = await #expect(throws: Failure.self) {
                try await slipway.client().get("/rollouts/2") as Rollout
            }
            #expect(failure?.code == .notFound)
            run = try await slipway.program(["up", "--stack", "shop"])
            #expect(run.status == 0 && run.output.contains("out of sync"), "\(run.output)")

            // Pruning: without a terminal an error, with one a question, with --yes done.
            try write("other:\n  image: debian:12-slim\n  command: sleep infinity\n", slipway, "other.yml")
            run = try await slipway.program(["up", "--stack", "shop", "-f", "other.yml", "--prune"])
            #expect(run.status == 2 && run.output.contains("no terminal to ask on"), "\(run.output)")
            try write("services: {}\n", slipway, "empty.yml")
            run = try await slipway.program(["up", "--stack", "shop", "-f", "empty.yml", "--prune"])
            #expect(run.status == 2, "\(run.output)")
            let refused = try await typed(
                [("Go on", "n\\n")], "up --stack shop -f other.yml --prune", slipway)
            #expect(refused.status == 1 && refused.output.contains("  web"), "\(refused.output)")
            #expect(try await slipway.containers("shop", "web").map(\.id) == before)
            run = try await slipway.program(["up", "--stack", "shop", "-f", "empty.yml", "--prune", "--yes"])
            #expect(run.status == 0 && run.output.contains("removing it"), "\(run.output)")
            #expect(try await slipway.containers("shop", "web").isEmpty)
        }
    }

    @Test func `What runs is listed, stopped, started, exported, brought up again and removed`() async throws {
        try await Installation.run { slipway in
            try write(Self.files, slipway)
            func run(_ arguments: String...) async throws -> (status: Int32, output: String) {
                try await slipway.program(arguments)
            }
            #expect(try await run("up", "--stack", "shop", "--description", "Orders").status == 0)
            let ids = try await slipway.containers("shop", "web").map(\.id)
            var answer = try await run("ps", "shop/web")
            #expect(answer.output.contains("shop/web") && answer.output.contains("running"), "\(answer.output)")
            answer = try await run("ps", "-q")
            #expect(Set(answer.output.split(separator: "\n").map(String.init)) == Set(ids))
            answer = try await run("stacks")
            #expect(answer.output.contains("shop") && answer.output.contains("Orders"), "\(answer.output)")
            answer = try await run("volumes", "--json")
            #expect(answer.output.contains("\(slipway.name)-shop-data"), "\(answer.output)")
            answer = try await run("inspect", "shop/web")
            #expect(answer.output.contains("\"image\":\"debian:12-slim\""))
            for listing in [["ps"], ["stacks"], ["hosts"], ["environments"], ["volumes"]] {
                let listed = try await slipway.program(listing + ["--json"])
                #expect(listed.status == 0)
                _ = try JSONSerialization.jsonObject(with: Data(listed.output.utf8))
            }
            answer = try await run("ps", "shop/wbe")
            #expect(answer.status == 1 && answer.output.contains("Services: shop/web"), "\(answer.output)")

            answer = try await run("logs", "shop/web", "--tail", "10")
            #expect(answer.output.contains("1 │ ready") && answer.output.contains("2 │ ready"), "\(answer.output)")
            #expect(!answer.output.contains("\u{1B}"))
            let names = try await slipway.containers("shop", "web").map(\.name)
            answer = try await slipway.program(["logs"] + names)
            for name in names { #expect(answer.output.contains("\(name) │ ready"), "\(answer.output)") }

            #expect(try await run("stop", "shop/web").status == 0)
            #expect(try await slipway.containers("shop", "web").allSatisfy { $0.state != .running })
            #expect(try await run("start", "shop/web").status == 0)
            #expect(try await run("wait", "shop", "--timeout", "60").status == 0)
            #expect(try await slipway.containers("shop", "web").filter(\.serving).count == 2)
            #expect(try await run("restart", "shop/web").status == 0)
            #expect(Set(ids).isDisjoint(with: try await slipway.containers("shop", "web").map(\.id)))

            // The files that are written bring the same up elsewhere.
            answer = try await run("export", "shop", "--output", "\(slipway.folder)/out")
            #expect(answer.status == 0 && !answer.output.contains("not in the files"), "\(answer.output)")
            answer = try await run("up", "-f", "\(slipway.folder)/out/shop/docker-compose.yml", "--stack", "shop")
            #expect(answer.output.contains("web: no change"), "\(answer.output)")
            answer = try await run("export", "shop", "--output", "\(slipway.folder)/out")
            #expect(answer.status == 1 && answer.output.contains("--force"), "\(answer.output)")

            answer = try await run("rm", "shop")
            #expect(answer.status == 2 && answer.output.contains("--yes"), "\(answer.output)")
            #expect(try await run("rm", "shop", "--yes").status == 0)
            answer = try await run("stacks")
            #expect(answer.output.contains("There is no stack"), "\(answer.output)")
            try await slipway.shell("docker volume rm '\(slipway.name)-shop-data'")
        }
    }

    @Test func `Rancher's names do the same`() async throws {
        try await Installation.run { slipway in
            try write(Self.files.replacing("scale: 2", with: "scale: 1"), slipway)
            let rancher = "'\(slipway.data.path)/bin/rancher'"
            func call(_ words: String) async throws -> (status: Int, output: String) {
                let output = try await slipway.shell(
                    "cd '\(slipway.folder)'; export SLIPWAY_DATA='\(slipway.data.path)'; \(words) 2>&1; echo \"status $?\""
                )
                return (output.matches(of: #/status (\d+)/#).last.flatMap { Int($0.1) } ?? -1, output)
            }
            var answer = try await call("\(rancher)-compose -p My_Shop -f docker-compose.yml up -d")
            #expect(answer.status == 0, "\(answer.output)")
            #expect(try await slipway.containers("my-shop", "web").count == 1)
            answer = try await call("\(rancher) --environment MyEnvironment ps -c")
            #expect(answer.status == 0 && answer.output.contains("my-shop/web"), "\(answer.output)")
            answer = try await call("\(rancher)-compose -p My_Shop scale web=2")
            #expect(answer.status == 0, "\(answer.output)")
            #expect(try await slipway.containers("my-shop", "web").count == 2)
            answer = try await call("\(rancher)-compose -p My_Shop logs web")
            #expect(answer.status == 0 && answer.output.contains("1 │ ready"), "\(answer.output)")
            answer = try await call("\(rancher) exec my-shop/web -- sh -c 'echo out; echo err >&2; exit 7'")
            #expect(answer.status == 7 && answer.output.contains("out"), "\(answer.output)")
            answer = try await call("\(rancher) stacks ls")
            #expect(answer.status == 0 && answer.output.contains("my-shop"), "\(answer.output)")
            answer = try await call(
                "\(rancher) --environment MyEnvironment run --name my-shop/idle --scale 2 -e A='$B' debian:12-slim sleep 600"
            )
            #expect(answer.status == 0 && answer.output.contains("created"), "\(answer.output)")
            #expect(try await slipway.containers("my-shop", "idle").count == 2)
            answer = try await call("\(rancher) exec my-shop/idle -- sh -c 'echo $A'")
            #expect(answer.output.contains("$B"), "\(answer.output)")
            answer = try await call("\(rancher) run --name my-shop/idle debian:12-slim sleep 1")
            #expect(answer.status == 1 && answer.output.contains("my-shop/idle is there already"), "\(answer.output)")
            #expect(try await slipway.containers("my-shop", "web").count == 2)
            answer = try await call("\(rancher) rm --type service my-shop/idle --yes")
            #expect(answer.status == 0, "\(answer.output)")
            answer = try await call("\(rancher) --url http://x rm --type service my-shop/web --yes")
            #expect(answer.status == 0, "\(answer.output)")
            answer = try await call("\(rancher) catalog ls")
            #expect(answer.status == 2 && answer.output.contains("catalog"), "\(answer.output)")
            try await slipway.shell("docker volume rm '\(slipway.name)-my-shop-data'")
        }
    }

    @Test func `A command in a container has pipes or a terminal, ends with its status, and is in the audit log`()
        async throws
    {
        try await Installation.run { slipway in
            try write(Self.files.replacing("scale: 2", with: "scale: 1"), slipway)
            #expect(try await slipway.program(["up", "--stack", "shop"]).status == 0)
            func call(_ words: String) async throws -> String {
                try await slipway.shell(
                    """
                    cd '\(slipway.folder)'; export SLIPWAY_DATA='\(slipway.data.path)'
                    slipway() { '\(Installation.executable)' "$@"; }
                    \(words)
                    """)
            }
            // Output and errors apart, the status as it is, a pipe in and out, every byte.
            #expect(
                try await call(
                    "slipway exec shop/web -- sh -c 'echo out; echo err >&2; exit 9' 2>err; echo $?; cat err")
                    == "out\n9\nerr\n")
            let sums = try await call(
                """
                head -c 3000000 /dev/urandom > bytes
                slipway exec -i shop/web -- cat < bytes | sha256sum; sha256sum < bytes
                """
            ).split(separator: "\n")
            #expect(sums.count == 2 && sums[0] == sums[1], "\(sums)")
            #expect(try await call("slipway exec shop/web -- nothing-there >/dev/null 2>&1; echo $?") == "126\n")
            #expect(try await call("slipway exec -t shop/web -- true 2>&1; echo $?").hasSuffix("2\n"))

            // A terminal: its size, its colours, its keys.
            let shell = try await typed(
                [
                    ("# ", "stty size\\n"), ("33 111", "echo be''gun; sleep 100\\n"), ("begun", "\\003"),
                    ("\\^C", "echo af''ter; exit 5\\n"),
                ], "exec -it shop/web -- sh", slipway)
            #expect(shell.output.contains("33 111"), "\(shell.output)")
            #expect(shell.output.contains("after") && shell.status == 5, "\(shell.output)")

            let entries: Page = try await slipway.client().get("/audit?limit=100")
            let begun = entries.rows.filter { $0.action == "container.exec" && $0.outcome == .done }
            let ended = entries.rows.filter { $0.action == "container.exec-end" }
            #expect(begun.contains { $0.after?.contains("\"command\":[\"sh\"]") == true })
            #expect(
                ended.contains {
                    $0.after?.contains("\"exitStatus\":5") == true && $0.subject?.contains("shop-web") == true
                })
            #expect(!entries.rows.contains { $0.action == "container.type" })

            // Nobody at it any more: nothing goes on in the container.
            let id = try #require(try await slipway.containers("shop", "web").first?.id)
            let client = try slipway.client()
            let view: TerminalView = try await client.post(
                "/environments/production/containers/\(id)/terminals", Wish(command: ["sleep", "4711"]))
            #expect(try await slipway.shell("docker top \(id) | grep -c 'sleep 4711'") == "1\n")
            try await client.delete("/environments/production/terminals/\(view.id)")
            try await slipway.wait("the command to end") {
                try await slipway.shell("docker top \(id) | grep -c 'sleep 4711'") == "0\n"
            }
            try await slipway.shell("docker volume rm -f '\(slipway.name)-shop-data'")
        }
    }

    @Test func `A command ends with its token and with the server, and is nobody else's`() async throws {
        try await Installation.run { slipway in
            try write(Self.files.replacing("scale: 2", with: "scale: 1"), slipway)
            #expect(try await slipway.program(["up", "--stack", "shop"]).status == 0)
            let id = try #require(try await slipway.containers("shop", "web").first?.id)
            func count(_ seconds: Int) async throws -> String {
                try await slipway.shell("docker top \(id) | grep -c 'sleep \(seconds)'")
            }
            func begin(_ seconds: Int, _ client: SlipwayClient) async throws -> String {
                let view: TerminalView = try await client.post(
                    "/environments/production/containers/\(id)/terminals",
                    Wish(command: ["sleep", "\(seconds)"]))
                return "/environments/production/terminals/\(view.id)"
            }
            func client(_ name: String) async throws -> SlipwayClient {
                let made: [String: String] = try await slipway.client().post("/tokens", ["name": name])
                return try SlipwayClient(endpoint: "http://127.0.0.1:\(slipway.port)", token: made["token"])
            }
            let (mine, other) = (try await client("mine"), try await client("other"))
            let path = try await begin(4712, mine)
            let stranger = await #expect(throws: Failure.self) { try await other.get(path) as TerminalView }
            #expect(stranger?.code == .notFound)
            async let reading: Void = mine.stream("\(path)/output") { _ in }
            #expect(try await count(4712) == "1\n")
            #expect(try await slipway.program(["tokens", "revoke", "1"]).status == 0)
            do { try await reading } catch {}
            try await slipway.wait("the command of the token to end") { try await count(4712) == "0\n" }
            let entries: Page = try await slipway.client().get("/audit?action=container.exec-end")
            #expect(entries.rows.first?.after?.contains("may not read that any more") == true, "\(entries.rows)")

            _ = try await begin(4713, try slipway.client())
            #expect(try await count(4713) == "1\n")
            try await slipway.terminate()
            #expect(try await count(4713) == "0\n")
            try await slipway.shell("docker rm -f \(id); docker volume rm -f '\(slipway.name)-shop-data'")
        }
    }

    private struct Wish: Codable { var command: [String] }

    private struct Page: Codable { var rows: [AuditEntry] }
}
