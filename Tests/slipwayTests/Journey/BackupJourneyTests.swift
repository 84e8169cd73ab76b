import Access
import Client
import Delivery
import Foundation
import Glibc
import Model
import Testing

@testable import slipway

/// A backup of a server that works, brought up where nothing else is left of it (ACCEPTANCE N16).
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct BackupJourneyTests {
    @Test func `A backup taken under load and in the middle of a deploy brings everything up elsewhere`() async throws {
        try await Installation.run(serving: false) { slipway in
            // A port that no other test's registry takes before the restored one has it again.
            try await slipway.shell(
                "mkdir -p '\(slipway.data.registry)' && printf 127.0.0.1:\(slipway.port + 2000) > '\(slipway.data.registry)/address'"
            )
            try await slipway.start()
            let port = slipway.port + 1000
            var sample = WebSample(text: "one", port: port)
            sample.image = ("\(slipway.name)-web", "RUN echo one")
            let repository = try await slipway.web(sample.files)
            let first = try await slipway.built(repository, "One", sample.files)
            #expect(try await slipway.end(of: try await slipway.deploy("web", first)).deploy.state == .succeeded)
            sample.text = "two"
            let second = try await slipway.built(repository, "Two", sample.files)
            let live = try await slipway.deploy("web", second)
            #expect(try await slipway.end(of: live).deploy.state == .succeeded)
            let log = try await slipway.log(of: slipway.deployView(live.id).steps, at: "/deploys/\(live.id)")
            for arguments in [["users", "add", "ada"], ["grants", "add", "viewer", "--account", "ada"]] {
                #expect(try await slipway.program(arguments).status == 0)
            }
            try await slipway.shell(
                "printf s3cret-value | '\(Installation.executable)' secrets set PASSWORD --app web --data '\(slipway.data.path)'"
            )

            // A build, a deploy in its script and another that waits, pushes, and requests to the edge and to the pages.
            let requests = try await SteadyRequests(slipway, port: port)
            sample.script = "echo begun; sleep 600"
            sample.image = nil
            let third = try await slipway.built(repository, "Three", sample.files)
            let running = try await slipway.deploy("web", third)
            try await slipway.wait(for: "begun", of: running)
            let waiting = try await slipway.deploy("web", first)
            var test = sample.files
            test["slipway.yml"] = "image: false\ntest: {image: 'debian:12-slim', steps: ['echo testing; sleep 600']}\n"
            let fourth = try await repository.push("Four", test)
            let build = try await slipway.wait(for: "testing", inBuildOf: fourth)
            let pushing = Task {
                while !Task.isCancelled { _ = try await repository.push("More", ["more": "\(UUID())"]) }
            }
            let place = try #require(mkdtemp(strdup("/tmp/slipway-backup-XXXXXX")).map { String(cString: $0) })
            defer { try? FileManager.default.removeItem(atPath: place) }
            let file = "\(place)/backup"
            let taken = try await slipway.program(["backup", file])
            #expect(taken.status == 0, "\(taken.output)")
            pushing.cancel()
            _ = await pushing.result
            let sums = try await requests.sums()
            #expect(sums.keys.sorted() == ["two"], "\(sums)")
            #expect(try await slipway.program(["audit"]).output.contains("server.backup"))

            // Nothing of it is left: no process, no container, no file, no image.
            let key = try String(contentsOfFile: "\(slipway.data.path)/keys/secrets.key", encoding: .utf8)
            try await slipway.terminate()
            // Until none is left: the edge's keeper may have started another meanwhile.
            try await slipway.wait("its processes to be gone") {
                let left = slipway.processes(with: slipway.data.path)
                for process in left { kill(process, SIGKILL) }
                return left.isEmpty
            }
            await DemoWorld(folder: slipway.folder, port: slipway.port, engine: slipway.socket).stop()
            try await slipway.shell(
                "docker images --format '{{.Repository}}@{{.ID}}' | grep '/\(slipway.name)-web@' | cut -d @ -f 2 | sort -u | xargs -r docker rmi -f"
            )

            try await Installation.run(serving: false) { other in
                let restored = try await other.program(["restore", file])
                #expect(restored.status == 0, "\(restored.output)")
                #expect(restored.output.contains("1 deploys were under way"), "\(restored.output)")
                #expect(try String(contentsOfFile: "\(other.data.path)/keys/secrets.key", encoding: .utf8) == key)
                try await other.start()

                // What was under way has a true end, and nothing ran a second time.
                let ended = try await other.deployView(running.id).deploy
                #expect(ended.state == .failed && ended.reason?.contains("under way") == true, "\(ended)")
                #expect(try await other.deployView(waiting.id).deploy.state == .aborted)
                let failed: BuildView = try await other.client().get("/builds/\(build)")
                #expect(failed.build.state == .failed && failed.build.reason?.contains("restored") == true)

                // The service comes back by itself, from the image in the registry that was restored.
                try await other.wait("the service to be back") {
                    try await other.shell("curl -s --max-time 5 http://127.0.0.1:\(port)/") == "two"
                }
                // History, logs, people and secrets.
                let view = try await other.deployView(live.id)
                #expect(view.deploy.state == .succeeded)
                #expect(try await other.log(of: view.steps, at: "/deploys/\(live.id)") == log)
                let accounts: [Account] = try await other.client().get("/accounts")
                #expect(accounts.map(\.name).sorted() == ["ada", "admin"])
                let secrets: [Secret] = try await other.client().get("/secrets?app=web")
                #expect(secrets.map(\.place.name) == ["PASSWORD"])

                // The way goes on: back to the first, and forward with a push, whose script is given the secret.
                let back = try await other.end(of: try await other.deploy("web", first))
                #expect(back.deploy.state == .succeeded, "\(back.deploy.reason ?? "")")
                #expect(try await other.shell("curl -s --max-time 5 http://127.0.0.1:\(port)/") == "one")
                sample.text = "five"
                sample.script = "echo has ${#PASSWORD}\nrancher up --stack shop --upgrade -d --file docker-compose.yml"
                let answer: [String: String] = try await other.client().post("/tokens", ["name": "test"])
                let clone = Repository(
                    folder: "\(other.folder)/web",
                    remote: "http://x:\(answer["token"] ?? "")@127.0.0.1:\(other.port)/git/web.git")
                try await other.shell("git clone -q '\(clone.remote)' '\(clone.folder)'")
                let fifth = try await other.built(clone, "Five", sample.files)
                let last = try await other.end(of: try await other.deploy("web", fifth))
                #expect(last.deploy.state == .succeeded, "\(last.deploy.reason ?? "")")
                #expect(
                    try await other.log(of: last.steps, at: "/deploys/\(last.deploy.id)").contains("has 12\n"))
                #expect(try await other.shell("curl -s --max-time 5 http://127.0.0.1:\(port)/") == "five")
            }
        }
    }

    @Test func `A backup that is killed leaves no file, whenever it is`() async throws {
        try await Installation.run { slipway in
            // Enough to be in the middle of.
            try await slipway.shell("head -c 200000000 /dev/urandom > '\(slipway.data.path)/artifacts/noise'")
            let file = "\(slipway.folder)/backup"
            for moment in ["slipway.sqlite", "list", "archive"] {
                try await slipway.shell(
                    """
                    '\(Installation.executable)' backup '\(file)' --data '\(slipway.data.path)' > /dev/null 2>&1 &
                    until [ -e '\(file).partial/\(moment)' ]; do
                        kill -0 $! || break
                    done
                    kill -KILL $!
                    wait
                    """)
                #expect(!FileManager.default.fileExists(atPath: file), "\(moment)")
            }
            let taken = try await slipway.program(["backup", file])
            #expect(taken.status == 0, "\(taken.output)")
            #expect(slipway.names(in: "../").contains("backup") && !slipway.names(in: "../").contains("backup.partial"))
            let checked = try await slipway.program(["restore", "--check", file])
            #expect(checked.status == 0 && checked.output.contains("is whole"), "\(checked.output)")
        }
    }
}
