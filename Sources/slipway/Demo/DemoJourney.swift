import Client
import Delivery
import Foundation
import HTTPTransport
import Model
import Stacks
import Subprocess
import SystemPackage

/// The journey of the demo, step by step; each throws when what it should see does not happen.
struct DemoJourney: Sendable {
    let world: DemoWorld
    let sample: String

    private var work: String { "\(world.folder)/orders" }
    private static let deadline: Duration = .seconds(900)

    func run() async throws {
        let progress = Progress()
        try await progress.step("Start the server with a fresh data directory") {
            try world.start()
            try await ready()
            return world.url
        }
        let token = try await progress.step("Add the app orders") {
            let _: App = try await world.client.post(
                "/apps", AppsCommand.Add.Body(name: "orders", url: nil, branch: "main"))
            let answer: TokensCommand.Create.Answer = try await world.client.post(
                "/tokens", TokensCommand.Create.Body(name: "demo"))
            return answer.token
        }
        let first = try await progress.step("Push the sample service") { try await push(token, from: nil) }
        try await progress.step("Test it, build its image, push it") { try await built(first) }
        try await progress.step("Deploy it: 3 containers behind a health check") { try await deployed(first, .deploy) }
        try await progress.step("Ask the service what it runs") { try await serves(first) }
        let second = try await progress.step("Push a second commit") { try await push(token, from: first) }
        try await progress.step("Test and build it") { try await built(second) }
        try await progress.step("Deploy it, one container at a time") { try await deployed(second, .deploy) }
        try await progress.step("Ask the service what it runs") { try await serves(second) }
        try await progress.step("Roll back to the first commit") { try await deployed(first, .rollback) }
        try await progress.step("Ask the service what it runs") { try await serves(first) }
    }

    // MARK: Steps

    private func ready() async throws {
        try await poll("the server to answer") {
            guard world.isRunning else { throw Failure(.failed, "The server ended at its start") }
            return (try? await world.client.get("/apps") as [AppSummary]) != nil
        }
    }

    /// Makes a commit of the sample, or of a change on top of it, pushes it and waits until it is listed.
    private func push(_ token: String, from parent: SHA?) async throws -> SHA {
        if parent == nil {
            try FileManager.default.copyItem(atPath: sample, toPath: work)
            try await git(["init", "--quiet", "--initial-branch", "main"])
        } else {
            try Data("Greetings from the second commit.\n".utf8).write(to: URL(filePath: "\(work)/GREETING"))
        }
        try await git(["add", "--all"])
        try await git([
            "commit", "--quiet", "--message", parent == nil ? "Take orders over REST" : "Greet the customer",
        ])
        try await git([
            "push", "--quiet", "\(world.url.replacing("http://", with: "http://demo:\(token)@"))/git/orders.git",
            "main",
        ])
        let sha = try await git(["rev-parse", "HEAD"]).trimmingCharacters(in: .whitespacesAndNewlines)
        try await poll("the commit to be listed") {
            let view: TargetView = try await world.client.get("/targets/orders/production")
            return view.commits.first?.commit.sha.description == sha
        }
        guard let result = SHA(sha) else { throw Failure(.internal, "git said \(sha)") }
        return result
    }

    private func built(_ sha: SHA) async throws -> String {
        let row = try await poll("the build to end") {
            let view: TargetView = try await world.client.get("/targets/orders/production")
            return view.commits.first { $0.commit.sha == sha && $0.build?.state.isFinal == true }
        }
        guard row.build?.state == .succeeded, let image = row.image else {
            throw Failure(
                .failed,
                "Build \(row.build?.id ?? 0) \(row.build?.state.rawValue ?? ""): \(row.build?.reason ?? "no image")")
        }
        return image.pinned
    }

    private func deployed(_ sha: SHA, _ kind: Deploy.Kind) async throws -> String {
        let deploy: Deploy = try await world.client.post(
            "/targets/orders/production/deploys", ["revision": sha.description])
        guard deploy.kind == kind else { throw Failure(.failed, "It was taken for a \(deploy.kind.rawValue)") }
        let view = try await poll("the deploy to end") {
            let view: DeployView = try await world.client.get("/deploys/\(deploy.id)")
            return view.deploy.state.isFinal ? view : nil
        }
        guard view.deploy.state == .succeeded else {
            throw Failure(.failed, "Deploy \(deploy.id) \(view.deploy.state.rawValue): \(view.deploy.reason ?? "")")
        }
        guard case .verified(let containers) = view.deploy.verification else {
            throw Failure(.failed, "Deploy \(deploy.id) was not verified")
        }
        return "\(containers) containers run what was tested"
    }

    private func serves(_ sha: SHA) async throws -> String {
        let client = HTTPClient(endpoint: .tcp(host: "127.0.0.1", port: 8090))
        let reply = try await client.send(HTTPRequest(method: "GET", path: "/health"), timeout: .seconds(10))
        let text = String(decoding: reply.body, as: UTF8.self)
        guard reply.status == 200, text.contains(sha.description) else {
            throw Failure(.failed, "http://127.0.0.1:8090/health answered \(reply.status): \(text)")
        }
        return sha.short
    }

    // MARK: Parts

    @discardableResult
    private func git(_ arguments: [String]) async throws -> String {
        let identity = ["-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.com"]
        let result = try await Subprocess.run(
            .name("git"), arguments: Arguments(identity + arguments),
            environment: .inherit.updating(["GIT_TERMINAL_PROMPT": "0"]), workingDirectory: FilePath(work),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            throw Failure(.failed, "git \(arguments.first ?? "") failed", cause: result.standardError)
        }
        return result.standardOutput
    }

    private func poll(_ what: String, _ body: () async throws -> Bool) async throws {
        _ = try await poll(what) { try await body() ? true : nil }
    }

    /// Asks until there is an answer; throws `.timedOut` after the deadline.
    private func poll<T>(_ what: String, _ body: () async throws -> T?) async throws -> T {
        let clock = ContinuousClock()
        let end = clock.now + Self.deadline
        while clock.now < end {
            if let value = try await body() { return value }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw Failure(.timedOut, "Waited too long for \(what)")
    }
}

/// Lines that tell what is being done and how long it took.
private struct Progress {
    @discardableResult
    func step(_ name: String, _ body: () async throws -> String) async throws -> String {
        try await step(name, { $0 }, body)
    }

    func step(_ name: String, _ body: () async throws -> SHA) async throws -> SHA {
        try await step(name, \.short, body)
    }

    private func step<T>(_ name: String, _ detail: (T) -> String, _ body: () async throws -> T) async throws -> T {
        if Terminal.isInteractive { Terminal.write([UInt8]("… \(name)".utf8)) }
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await body()
        let seconds = (clock.now - start).components
        let time = "\(seconds.seconds).\(seconds.attoseconds / 100_000_000_000_000_000) s"
        if Terminal.isInteractive { Terminal.write([UInt8]("\r\u{1B}[K".utf8)) }
        let shown = detail(result)
        Terminal.print(
            "\(Terminal.styled("✓", .green)) \(name) \(Terminal.styled("(\(time))", .faint))"
                + (shown.hasPrefix("slp_") ? "" : " \(Terminal.styled(shown, .faint))"))
        return result
    }
}
