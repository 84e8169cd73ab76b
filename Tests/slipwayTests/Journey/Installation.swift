import Client
import Delivery
import Foundation
import Glibc
import Model
import Stacks
import Subprocess
import Supervisor
import SystemPackage

@testable import slipway

/// A whole Slipway for one test: the built program with a fresh data directory, on a real engine. Its name is in
/// everything that it makes, and all of it is gone afterwards.
final class Installation: Sendable {
    static let isEnabled = ProcessInfo.processInfo.environment["SLIPWAY_ENGINE_TESTS"] == "1"

    let name = "t" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
    let folder: String
    let port: Int
    var data: DataDirectory { DataDirectory("\(folder)/data") }
    /// Environment variables of commands that are called as a person would.
    var variables: [String: String] { ["SLIPWAY_DATA": data.path] }

    /// The socket of the engine that it uses.
    let socket: String
    static let sharedSocket = (ProcessInfo.processInfo.environment["DOCKER_HOST"] ?? "/var/run/docker.sock")
        .replacing("unix://", with: "")

    /// Runs the test with an installation that is stopped and removed whether it passes or throws.
    static func run(
        serving: Bool = true, engine: String = sharedSocket, _ test: (Installation) async throws -> Void
    ) async throws {
        let installation = try Installation(socket: engine)
        do {
            if serving { try await installation.start() }
            try await test(installation)
        } catch {
            let log = (try? String(contentsOfFile: installation.log, encoding: .utf8)) ?? ""
            print("The server's log:\n\(log.suffix(6000))")
            await installation.stop()
            throw error
        }
        await installation.stop()
    }

    private init(socket: String) throws {
        self.socket = socket
        folder = FileManager.default.temporaryDirectory.appending(path: "slipway-\(name)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Scripts run as users of their own, and leave marks here.
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder)
        let first = Int.random(in: 20_000..<30_000)
        port = (first..<first + 1000).first(where: Registry.isFree) ?? first
    }

    // MARK: The server

    /// The built program, beside the tests.
    static var executable: String {
        var folder = URL(filePath: CommandLine.arguments.first ?? "/")
        if let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            folder = URL(filePath: own)
        }
        while folder.pathComponents.count > 1 {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: "slipway").path
            if FileManager.default.isExecutableFile(atPath: candidate), !isFolder(candidate) { return candidate }
        }
        return URL(filePath: #filePath).appending(path: "../../../../.build/debug/slipway").standardized.path
    }

    private static func isFolder(_ path: String) -> Bool {
        var folder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &folder) && folder.boolValue
    }

    var log: String { "\(folder)/server.log" }
    private var pidFile: String { "\(folder)/server.pid" }
    var pid: Int32? {
        (try? String(contentsOfFile: pidFile, encoding: .utf8)).flatMap {
            Int32($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    func client() throws -> SlipwayClient {
        try SlipwayClient(ClientSettings.discover(environment: [:], dataDirectory: data.path))
    }

    /// Starts the server, again on the same data too, and waits until it answers.
    func start(_ more: [String] = []) async throws {
        try await launch(more)
        try await wait("the server to answer") { (try? await client().get("/apps") as [AppSummary]) != nil }
    }

    /// Starts the server and waits for nothing; `wrapper` is a command that runs it.
    func launch(_ more: [String] = [], executable: String = executable, wrapper: [String] = []) async throws {
        let arguments =
            wrapper + [
                executable, "serve", "--data", data.path, "--port", String(port), "--environment", name,
                "--alias", "production", "--alias", "MyEnvironment", "--engine", socket,
            ] + more
        // In the background of a shell that ends, so that nobody waits for it.
        let script = "\"$@\" >> '\(log)' 2>&1 & echo $! > '\(pidFile)'"
        _ = try await Subprocess.run(
            .path("/bin/bash"), arguments: Arguments(["-c", script, "bash"] + arguments), output: .discarded,
            error: .discarded)
    }

    /// Kills the server and starts the next one without waiting for anything.
    func crash() async throws {
        if let pid { kill(pid, SIGKILL) }
        try await launch()
    }

    /// Ends the server as a crash does.
    func kill9() async throws {
        guard let pid else { return }
        kill(pid, SIGKILL)
        try await wait("the server to be dead") { kill(pid, 0) != 0 || Self.isZombie(pid) }
    }

    /// Ends the server as an operator does, and waits for it.
    func terminate() async throws {
        guard let pid else { return }
        kill(pid, SIGTERM)
        try await wait("the server to stop") { kill(pid, 0) != 0 || Self.isZombie(pid) }
    }

    private static func isZombie(_ pid: Int32) -> Bool {
        (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8))?.contains(") Z ") ?? true
    }

    private func stop() async {
        try? await terminate()
        await DemoWorld(folder: folder, port: port, engine: socket).stop()
        _ = try? await shell("mountpoint -q '\(data.path)' && umount '\(data.path)'")
        for app in ["orders", "article", "web"] {
            _ = try? await shell(
                "docker images --format '{{.Repository}}: {{.ID}}' | grep -E '/\(name)-\(app):|slipway-test/\(name)' | cut -d ' ' -f 2 | xargs -r docker rmi -f"
            )
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: Repositories

    /// Adds an app on Slipway's own remote and returns a working copy that can push to it.
    func app(_ app: String, files: [String: String]) async throws -> Repository {
        let _: App = try await client().post("/apps", ["name": app, "branch": "main"])
        let answer: [String: String] = try await client().post("/tokens", ["name": "test"])
        let repository = Repository(
            folder: "\(folder)/\(app)", remote: "http://x:\(answer["token"] ?? "")@127.0.0.1:\(port)/git/\(app).git")
        try FileManager.default.createDirectory(atPath: repository.folder, withIntermediateDirectories: true)
        try await repository.git("init", "--quiet", "--initial-branch", "main")
        try repository.write(files)
        return repository
    }

    // MARK: Waiting

    /// Asks again until there is an answer. The limit is a net for a hang, no measure.
    func wait<T>(_ what: String, limit: Duration = .seconds(240), _ body: () async throws -> T?) async throws -> T {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if let value = try await body() { return value }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure(.timedOut, "Waited too long for \(what)")
    }

    func wait(_ what: String, _ body: () async throws -> Bool) async throws {
        let _: Bool = try await wait(what) { try await body() ? true : nil }
    }

    func build(of app: String, _ sha: SHA) async throws -> BuildView {
        try await wait("the build of \(sha.short)") {
            let view: TargetView = try await client().get("/targets/\(app)/production")
            guard let build = view.commits.first(where: { $0.commit.sha == sha })?.build, build.state.isFinal else {
                return nil
            }
            return try await client().get("/builds/\(build.id)") as BuildView
        }
    }

    func deploy(_ app: String, _ sha: SHA) async throws -> Deploy {
        try await client().post("/targets/\(app)/production/deploys", ["revision": sha.description])
    }

    func end(of deploy: Deploy) async throws -> DeployView {
        do {
            return try await wait("the end of deploy \(deploy.id)") {
                let view = try await deployView(deploy.id)
                return view.deploy.state.isFinal ? view : nil
            }
        } catch let failure as Failure where failure.code == .timedOut {
            let view = try await deployView(deploy.id)
            let said = try await log(of: view.steps, at: "/deploys/\(deploy.id)")
            let rollouts = view.rollouts.map { "\($0.state)\n" + $0.log.map(\.text).joined(separator: "\n") }
            let containers = try? await shell("docker ps -a --no-trunc")
            throw Failure(
                .timedOut, "\(failure.message): \(view.deploy.state)",
                cause: ([said] + rollouts + [containers ?? "docker ps failed"]).joined(separator: "\n"))
        }
    }

    /// All that the steps of a build or deploy wrote.
    func log(of steps: [Step], at path: String) async throws -> String {
        var text = ""
        for step in steps where step.state != .waiting && step.state != .skipped {
            text += String(decoding: try await client().bytes("\(path)/steps/\(step.index)/log"), as: UTF8.self)
        }
        return text.replacing("\r\n", with: "\n")
    }

    func containers(_ stack: String, _ service: String) async throws -> [ContainerView] {
        let stacks: [StackView] = try await client().get("/environments/production/stacks")
        return stacks.first { $0.name == stack }?.services.first { $0.name == service }?.containers.filter {
            !$0.parked
        } ?? []
    }

    @discardableResult
    func shell(_ script: String) async throws -> String {
        let result = try await Subprocess.run(
            .path("/bin/bash"), arguments: ["-c", script],
            environment: .inherit.updating(["DOCKER_HOST": "unix://\(socket)"]),
            output: .string(limit: 1 << 20), error: .discarded)
        return result.standardOutput
    }
}

extension Installation {
    /// Process of the registry; nil when none runs.
    var registryPID: Int32? {
        Daemon(name: "registry", pidDirectory: data.daemonFolder, logPath: "/dev/null").pid
    }

    /// Puts the data directory on a disk of its own; it goes with the installation.
    func mountSmallDisk(megabytes: Int) async throws {
        try FileManager.default.createDirectory(atPath: data.path, withIntermediateDirectories: true)
        try await shell("mount -t tmpfs -o size=\(megabytes)m,mode=711 tmpfs '\(data.path)'")
    }

    /// Makes a file that every script may write to, and returns its path.
    func shared(_ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try Data().write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path)
        return path
    }

    /// Names in a folder of the data directory.
    func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "\(data.path)/\(folder)"))?.sorted() ?? []
    }

    /// Waits until nothing is left of builds and deploys that are over: their ends are recorded before they are cleaned up.
    func waitUntilTidy() async throws {
        try await wait("working copies and run folders to be gone") {
            names(in: "checkouts").isEmpty && names(in: "run/steps").isEmpty
        }
    }

    /// Runs the built program as a person would and returns its exit status with all that it printed.
    func program(_ arguments: [String], _ more: [String: String] = [:]) async throws -> (status: Int32, output: String)
    {
        var variables: [Subprocess.Environment.Key: String?] = [:]
        for (name, value) in self.variables.merging(more, uniquingKeysWith: { $1 }) {
            if let key = Subprocess.Environment.Key(rawValue: name) { variables[key] = value }
        }
        let result = try await Subprocess.run(
            .path(FilePath(Self.executable)), arguments: Arguments(arguments),
            environment: .inherit.updating(variables), workingDirectory: FilePath(folder),
            output: .string(limit: 1 << 20), error: .combinedWithOutput)
        guard case .exited(let status) = result.terminationStatus else {
            throw Failure(.failed, "\(arguments) ended by a signal", cause: result.standardOutput)
        }
        return (status, result.standardOutput)
    }

    /// Waits until a step of that name runs in the newest build of the commit, or the build has ended; returns its id.
    func step(_ name: String, ofBuildOf sha: SHA) async throws -> Int64 {
        try await wait("the step \(name)") { () -> Int64? in
            let view: TargetView = try await client().get("/targets/web/production")
            guard let build = view.commits.first(where: { $0.commit.sha == sha })?.build else { return nil }
            let steps = (try await client().get("/builds/\(build.id)") as BuildView).steps
            let has = steps.contains { $0.name.contains(name) && $0.state == .running }
            return has || build.state.isFinal ? build.id : nil
        }
    }
}

/// A working copy whose remote is the server.
struct Repository: Sendable {
    let folder: String
    let remote: String

    @discardableResult
    func git(_ arguments: String...) async throws -> String {
        let identity = ["-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.com"]
        let result = try await Subprocess.run(
            .name("git"), arguments: Arguments(identity + arguments),
            environment: .inherit.updating(["GIT_TERMINAL_PROMPT": "0"]), workingDirectory: FilePath(folder),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            throw Failure(.failed, "git \(arguments.joined(separator: " "))", cause: result.standardError)
        }
        return result.standardOutput
    }

    /// Writes files; those that end in `.sh` may be executed.
    func write(_ files: [String: String]) throws {
        for (path, text) in files {
            let url = URL(filePath: "\(folder)/\(path)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
            if path.hasSuffix(".sh") {
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
            }
        }
    }

    /// Commits all there is and returns the commit.
    func commit(_ message: String, _ files: [String: String] = [:]) async throws -> SHA {
        try write(files)
        try await git("add", "--all")
        try await git("commit", "--quiet", "--allow-empty", "--message", message)
        let text = try await git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
        guard let sha = SHA(text) else { throw Failure(.internal, "git said \(text)") }
        return sha
    }

    /// Commits and pushes.
    func push(_ message: String, _ files: [String: String] = [:], force: Bool = false) async throws -> SHA {
        let sha = try await commit(message, files)
        if force {
            try await git("push", "--quiet", "--force", remote, "main")
        } else {
            try await git("push", "--quiet", remote, "main")
        }
        return sha
    }
}
