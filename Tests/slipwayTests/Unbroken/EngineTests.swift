import Client
import Delivery
import Foundation
import Glibc
import Model
import Stacks
import Subprocess
import SystemPackage
import Testing

@testable import slipway

/// The engine goes away in the middle of everything. It is one of the test's own.
@Suite(
    .enabled(if: Installation.isEnabled && geteuid() == 0, "an engine of its own needs root"), .serialized,
    .timeLimit(.minutes(15)))
struct EngineTests {
    /// Runs the test with an engine of its own, which is gone afterwards.
    private func run(
        _ engine: PrivateEngine = PrivateEngine(), _ test: (Installation, PrivateEngine) async throws -> Void
    ) async throws {
        do {
            try engine.prepare()
            try await engine.start()
            try await Installation.run(engine: engine.socket) { try await test($0, engine) }
        } catch {
            await engine.end()
            throw error
        }
        await engine.end()
    }

    private static let tested =
        "test: {image: 'debian:12-slim', steps: ['for i in $(seq 600); do echo tested $i; sleep 1; done']}\n"

    /// The engine is stopped, or killed and started, while a step of the tests runs: it ends with the reason, and once.
    private func interruptTest(
        _ slipway: Installation, _ repository: Repository, _ name: String, reason: String,
        _ interrupt: () async throws -> Void
    ) async throws {
        let sha = try await repository.push("Test \(name)", ["slipway.yml": "image: false\n\(Self.tested)# \(name)\n"])
        try await slipway.wait(for: "tested 2", inBuildOf: sha)
        let since = Date()
        try await interrupt()
        let build = try await slipway.build(of: "web", sha)
        let seconds = try #require(build.build.endedAt).timeIntervalSince(since)
        print("\(name): the build ended after \(seconds) s: \(build.build.reason ?? "")")
        #expect(build.build.state == .failed)
        #expect(build.build.reason?.contains(reason) == true, "\(build.build.reason ?? "")")
        let log = try await slipway.log(of: build.steps, at: "/builds/\(build.build.id)")
        #expect(log.contains(reason) && log.contains("slipway: the step's container has ended\n"), "\(log)")
        for line in ["tested 1\n", "tested 2\n"] { #expect(log.components(separatedBy: line).count == 2, "\(log)") }
        #expect(try await slipway.page("/builds/\(build.build.id)").contains(reason))
    }

    /// The engine is stopped while a step of the tests runs, and comes back: the step goes on all the time, to its end.
    private func testGoesOn(_ slipway: Installation, _ repository: Repository, _ engine: PrivateEngine) async throws {
        let script = "i=0; until [ -e go ]; do i=$((i+1)); echo tested $i; sleep 0.2; done; echo went on to $i"
        let files = ["slipway.yml": "image: false\ntest: {image: 'debian:12-slim', steps: ['\(script)']}\n"]
        let sha = try await repository.push("Test on", files)
        let id = try await slipway.wait(for: "tested 2\n", inBuildOf: sha)
        try await engine.stop()
        let before: BuildView = try await slipway.client().get("/builds/\(id)")
        let said = try await slipway.log(of: before.steps, at: "/builds/\(id)").components(separatedBy: "tested ").count
        try await slipway.wait(for: "tested \(said + 10)\n", inBuildOf: sha)
        try await engine.start()
        try await slipway.wait(for: "tested \(said + 20)\n", inBuildOf: sha)
        try await slipway.shell("touch '\(slipway.data.path)/checkouts/build-\(id)/go'")
        let build = try await slipway.build(of: "web", sha)
        #expect(build.build.state == .succeeded, "\(build.build.reason ?? "")")
        let lines = try await slipway.log(of: build.steps, at: "/builds/\(id)").split(separator: "\n")
        let numbers = lines.filter { $0.hasPrefix("tested ") }.compactMap { Int($0.dropFirst(7)) }
        #expect(numbers == Array(1...numbers.count))
        #expect(lines.contains("went on to \(numbers.count)"))
    }

    @Test func `An engine that stops or dies holds everything up, and all ends right`() async throws {
        try await run { slipway, engine in
            let port = slipway.port + 1000
            var sample = WebSample(text: "one", port: port)
            let repository = try await slipway.web(sample.files)
            let first = try await slipway.built(repository, "One")
            #expect(try await slipway.end(of: try await slipway.deploy("web", first)).deploy.state == .succeeded)

            // A step of the tests. An engine that was killed ends the containers when it comes back.
            try await interruptTest(slipway, repository, "stopped", reason: "the Docker Engine was stopped") {
                try await engine.stop()
            }
            try await engine.start()
            try await interruptTest(slipway, repository, "killed", reason: "by a stop of the Docker Engine") {
                try await engine.kill9()
                try await engine.start()
            }

            // The containers of a test that can't be started meanwhile, a build of an image, and its push.
            sample.text = "two"
            sample.before = "sleep 2;"
            sample.script = """
                echo script begun; sleep 3
                rancher up --stack shop --upgrade -d --file docker-compose.yml
                echo script ended
                """
            sample.image = ("\(slipway.name)-web", "RUN echo building \(slipway.name); sleep 4; echo built")
            var files = sample.files
            files["slipway.yml"]?.append("test: {image: 'debian:12-slim', steps: ['echo tested once']}\n")
            try await engine.stop()
            let second = try await repository.push("Two", files)
            let id = try await slipway.wait(for: "waiting: The Docker Engine", inBuildOf: second)
            #expect(try await slipway.page("/builds/\(id)").contains("Waiting: The Docker Engine at"))
            try await Task.sleep(for: Installation.absence)
            try await engine.start()
            try await slipway.wait(for: "building \(slipway.name)", inBuildOf: second)
            try await engine.stop()
            try await slipway.wait(for: "slipway: waiting: the Docker Engine", inBuildOf: second)
            try await engine.start()
            _ = try await slipway.step("Push the image", ofBuildOf: second)
            try await engine.kill9()
            try await engine.start()
            let build = try await slipway.build(of: "web", second)
            #expect(build.build.state == .succeeded, "\(build.build.reason ?? "")")
            let log = try await slipway.log(of: build.steps, at: "/builds/\(build.build.id)")
            #expect(log.contains("trying again after"), "\(log)")
            #expect(log.components(separatedBy: "tested once\n").count == 2, "\(log)")

            // A script before its rollout, and the rollout itself.
            let deploy = try await slipway.deploy("web", second)
            try await slipway.wait(for: "script begun", of: deploy)
            try await engine.stop()
            try await slipway.wait(for: "waiting: The Docker Engine at", of: deploy)
            #expect(try await slipway.page("/deploys/\(deploy.id)").contains("waiting: The Docker Engine at"))
            try await engine.start()
            try await slipway.wait("the rollout to start a container") {
                try await slipway.deployView(deploy.id).rollouts.contains {
                    $0.log.contains { $0.text.hasPrefix("started") }
                }
            }
            try await engine.kill9()
            try await Task.sleep(for: .seconds(2))
            try await engine.start()
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")
            #expect(view.deploy.verification == .verified(containers: 2))
            let said = try await slipway.log(of: view.steps, at: "/deploys/\(deploy.id)")
            for line in ["script begun\n", "script ended\n"] {
                #expect(said.components(separatedBy: line).count == 2, "\(said)")
            }
            try await slipway.wait("the new revision to serve") {
                try await slipway.shell("curl -s --max-time 5 http://127.0.0.1:\(port)/") == "two"
            }
            #expect(try await slipway.containers("shop", "web").map(\.revision) == [second, second])
            try await slipway.wait("the containers of builds to be removed") {
                try await slipway.shell("docker ps -aq --filter label=dev.slipway.build") == ""
            }
        }
    }

    /// The engine dies when a container's first process is there and waits to be let begin.
    @Test func `An engine that is killed in the middle of a start holds a rollout up, and it ends right`() async throws
    {
        let engine = PrivateEngine(
            runtime: """
                case " $* " in
                *" start "*)
                    [ ! -e hold ] || { touch held; sleep 1; kill -0 $(cat pid) || exit 1; } ;;
                esac
                """)
        try await run(engine) { slipway, engine in
            let port = slipway.port + 1000
            let script = "rancher up --stack shop --force-upgrade -d --file docker-compose.yml"
            // A while in which only what was left answers at the addresses that these get.
            let sample = WebSample(text: "one", port: port, script: script, before: "sleep 2;")
            let repository = try await slipway.web(sample.files)
            let revision = try await slipway.built(repository, "One")
            #expect(try await slipway.end(of: try await slipway.deploy("web", revision)).deploy.state == .succeeded)
            for round in 1...3 {
                try await slipway.shell("cd '\(engine.folder)' && rm -f held && touch hold")
                let deploy = try await slipway.deploy("web", revision)
                try await slipway.wait("a start to be held") {
                    FileManager.default.fileExists(atPath: "\(engine.folder)/held")
                }
                try await engine.kill9()
                let left = try await engine.leftovers(slipway)
                print("killed in mid-start, \(round): \(left.count) processes were left")
                #expect(!left.isEmpty)
                try await slipway.shell("rm '\(engine.folder)/hold'")
                try await engine.start()
                let view = try await slipway.end(of: deploy)
                #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")
                #expect(try await engine.leftovers(slipway) == [])
                #expect(try await slipway.containers("shop", "web").map(\.revision) == [revision, revision])
            }
        }
    }

    @Test func `With live restore no request fails while the engine is away, and a rollout goes on`() async throws {
        try await run(PrivateEngine(options: ["--live-restore"])) { slipway, engine in
            let port = slipway.port + 1000
            let repository = try await slipway.web(WebSample(text: "one", port: port).files)
            let first = try await slipway.built(repository, "One")
            #expect(try await slipway.end(of: try await slipway.deploy("web", first)).deploy.state == .succeeded)
            let second = try await slipway.built(
                repository, "Two", WebSample(text: "two", port: port, before: "sleep 3;").files)
            let requests = try await SteadyRequests(slipway, port: port)
            let deploy = try await slipway.deploy("web", second)
            try await slipway.wait("the rollout to start a container") {
                try await slipway.deployView(deploy.id).rollouts.contains {
                    $0.log.contains { $0.text.hasPrefix("started") }
                }
            }
            try await engine.kill9()
            try await slipway.wait(for: "waiting: The Docker Engine at", of: deploy)
            try await Task.sleep(for: Installation.absence)
            try await engine.start()
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")
            #expect(try await slipway.containers("shop", "web").map(\.revision) == [second, second])
            let sums = try await requests.sums()
            #expect(sums.keys.sorted() == ["one", "two"], "\(sums)")
            try await testGoesOn(slipway, repository, engine)
            try await slipway.wait("the containers of builds to be removed") {
                try await slipway.shell("docker ps -aq --filter label=dev.slipway.build") == ""
            }
        }
    }

    @Test func `An engine that takes calls and never answers is told in one sentence, and nothing hangs`() async throws
    {
        try await Installation.run(serving: false) { slipway in
            // The address that the server is given is a link, which leads to the engine or to one that swallows all.
            let (link, mute) = ("\(slipway.folder)/engine.sock", "\(slipway.folder)/mute.sock")
            try await slipway.shell(
                """
                cat > '\(slipway.folder)/mute.py' << 'END'
                import socket, time
                listener = socket.socket(socket.AF_UNIX)
                listener.bind('\(mute)')
                listener.listen(512)
                kept = []
                while True: kept.append(listener.accept())
                END
                python3 '\(slipway.folder)/mute.py' > /dev/null 2>&1 & echo $! > '\(slipway.folder)/mute.pid'
                """)
            func turn(to socket: String) async throws { try await slipway.shell("ln -sfn '\(socket)' '\(link)'") }
            try await slipway.wait("the swallowing engine") { FileManager.default.fileExists(atPath: mute) }
            try await turn(to: Installation.sharedSocket)
            try await slipway.start(["--engine", link])
            let port = slipway.port + 1000
            let script = "rancher up --stack shop --force-upgrade -d --file docker-compose.yml"
            let repository = try await slipway.web(WebSample(text: "one", port: port, script: script).files)
            let first = try await slipway.built(repository, "One")
            #expect(try await slipway.end(of: try await slipway.deploy("web", first)).deploy.state == .succeeded)

            try await turn(to: mute)
            let tests = try await repository.push(
                "Tests", ["slipway.yml": "image: false\ntest: {image: 'debian:12-slim', steps: ['echo tested']}\n"])
            let deploy = try await slipway.deploy("web", first)
            let page = try await slipway.page("/environments/\(slipway.name)")
            #expect(page.contains("shop"), "\(page)")
            #expect(try await slipway.page("/targets/web/\(slipway.name)/plan?revision=\(first)").contains(first.short))
            let up = try await slipway.program(
                ["up", "--stack", "other", "-d", "-f", "\(repository.folder)/docker-compose.yml"],
                ["REVISION": first.description])
            #expect(
                up.status == 1 && up.output.contains("The Docker Engine at unix:\(link) doesn't answer"), "\(up.output)"
            )
            #expect(try await slipway.program(["doctor", "--engine", link]).status == 1)
            try await slipway.wait(for: "waiting: The Docker Engine at unix:\(link) doesn't answer", inBuildOf: tests)
            try await slipway.wait(for: "waiting: The Docker Engine at unix:\(link) doesn't answer", of: deploy)
            try await turn(to: Installation.sharedSocket)
            #expect(try await slipway.build(of: "web", tests).build.state == .succeeded)
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")
            try await slipway.shell("kill $(cat '\(slipway.folder)/mute.pid')")
        }
    }
}

/// `scripts/private-engine` in a folder of its own.
struct PrivateEngine: Sendable {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "slipway-e\(String(UInt32.random(in: 0...UInt32.max), radix: 36))").path
    private var options: [String]
    /// What runs, in the folder, before runc does.
    private var runtime: String?
    var socket: String { "\(folder)/sock" }

    init(options: [String] = [], runtime: String? = nil) {
        self.options = options
        self.runtime = runtime
        if runtime != nil {
            self.options += ["--add-runtime", "held=\(folder)/runtime", "--default-runtime", "held"]
        }
    }

    /// Before the first start.
    func prepare() throws {
        guard let runtime else { return }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = "#!/bin/bash\n(\ncd '\(folder)'\n\(runtime)\n) || exit 1\nexec runc \"$@\"\n"
        try Data(script.utf8).write(to: URL(filePath: "\(folder)/runtime"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/runtime")
    }

    /// First processes of containers that wait for the engine to let them begin.
    func leftovers(_ slipway: Installation) async throws -> [String] {
        try await slipway.shell(
            """
            for process in $(pgrep -f '^runc init'); do
                parent=$(ps -o ppid= -p $process) && tr '\\0' ' ' < /proc/${parent// /}/cmdline |
                    grep -qF '\(folder)/' && echo $process
            done 2> /dev/null
            """
        ).split(separator: "\n").map(String.init)
    }

    func start() async throws { try await call("start", options) }
    func stop() async throws { try await call("stop") }
    func kill9() async throws { try await call("kill") }
    func end() async { try? await call("end") }

    private func call(_ verb: String, _ more: [String] = []) async throws {
        let script = URL(filePath: #filePath).appending(path: "../../../../scripts/private-engine").standardized.path
        let result = try await Subprocess.run(
            .path(FilePath(script)), arguments: Arguments([verb, folder] + more), output: .discarded,
            error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else {
            throw Failure(.failed, "scripts/private-engine \(verb) failed", cause: result.standardError)
        }
    }
}
