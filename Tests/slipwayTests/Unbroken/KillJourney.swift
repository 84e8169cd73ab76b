import Client
import Delivery
import Foundation
import Model
import Testing

@testable import slipway

/// One commit from push to production and an older one back, while the server is killed at the plan's points.
///
/// What happens is seen through the API alone, by a client that waits for nobody.
struct KillJourney {
    let slipway: Installation
    let repository: Repository
    /// Where in each phase to kill; empty for an undisturbed journey.
    let points: [KillPhase: KillPoint]
    /// Milliseconds that each phase is expected to take.
    let lengths: [KillPhase: Int]
    /// `journey 3`.
    let name: String
    let audit: KillAudit
    private let quick: SlipwayClient

    /// What a journey came to.
    struct Report {
        var sha: SHA
        var lengths: [KillPhase: Int] = [:]
        var kills = 0
        /// Milliseconds from each restart to the first sign that the work goes on.
        var resumed: [Int] = []
    }

    /// What is seen of a phase: something that changes whenever the work goes on, and whether the phase is over.
    private typealias Sight = (progress: String, hasEnded: Bool)

    init(
        _ slipway: Installation, _ repository: Repository, audit: KillAudit, points: [KillPhase: KillPoint],
        lengths: [KillPhase: Int], name: String
    ) throws {
        self.slipway = slipway
        self.repository = repository
        self.audit = audit
        self.points = points
        self.lengths = lengths
        self.name = name
        quick = try SlipwayClient(
            ClientSettings.discover(environment: [:], dataDirectory: slipway.data.path), patience: .zero)
    }

    /// Pushes, builds, deploys, and goes back to `older` (nil: to what ran before, if anything did).
    func run(backTo older: SHA?) async throws -> Report {
        let before = try await target().summary.live?.sha
        var report = Report(sha: try await repository.commit(name, ["note": "\(name)\n"]))
        let build = try await build(&report)
        try await audit.check(build, name)
        let image = try #require(build.image, "\(name): no image")
        let deploy = try await deploy(report.sha, [.script, .rollout], &report)
        try await audit.check(deploy, .deploy, report.sha, name)
        try await audit.checkRunning(report.sha, image, name)
        if let older = older ?? before {
            let rollback = try await self.deploy(older, [.rollback], &report)
            try await audit.check(rollback, .rollback, older, name)
            try await audit.checkRunning(older, try #require(rollback.image), name)
        }
        return report
    }

    // MARK: Build

    private func build(_ report: inout Report) async throws -> BuildView {
        let sha = report.sha
        let begin = ContinuousClock.now
        let push = Task { try await self.push() }
        let readers = Task { () -> LogReaders in
            let id = try await slipway.wait("\(name): the build") { try? await buildView(of: sha)?.build.id }
            return try await self.readers("builds/\(id)")
        }
        try await kill(.test, since: begin, &report) { try await sight(of: sha, .test) }
        try await push.value
        try await end(of: .test, since: begin, &report) { try await sight(of: sha, .test) }
        let tested = ContinuousClock.now
        try await kill(.image, since: tested, &report) { try await sight(of: sha, .image) }
        try await end(of: .image, since: tested, &report) { try await sight(of: sha, .image) }
        try await readers.value.check(name)
        return try await slipway.build(of: "web", sha)
    }

    /// Pushes until the server has said that it has the commit. A push that a kill cut off fails, and is repeated.
    private func push() async throws {
        for _ in 0..<20 {
            do {
                try await repository.git("push", "--quiet", repository.remote, "main")
                return
            } catch let failure as Failure {
                print("\(name): the push failed: \(failure.cause ?? "")")
                try await slipway.wait("the server to answer") { (try? await target()) != nil }
            }
        }
        throw Failure(.failed, "\(name): twenty pushes failed")
    }

    private func buildView(of sha: SHA) async throws -> BuildView? {
        guard let build = try await target().commits.first(where: { $0.commit.sha == sha })?.build else { return nil }
        return try await quick.get("/builds/\(build.id)")
    }

    private func sight(of sha: SHA, _ phase: KillPhase) async throws -> Sight {
        guard let view = try await buildView(of: sha) else { return ("", false) }
        let image = view.steps.first { $0.name == "Build the image" }
        let isTested = view.build.state.isFinal || image.map { $0.state != .waiting } ?? false
        let progress = try await progress("builds/\(view.build.id)", view.steps)
        return ("\(view.build.state) \(progress)", phase == .test ? isTested : view.build.state.isFinal)
    }

    // MARK: Deploy

    private func deploy(_ sha: SHA, _ phases: [KillPhase], _ report: inout Report) async throws -> DeployView {
        let last = try await target().deploys.map(\.deploy.id).max() ?? 0
        var begin = ContinuousClock.now
        let request = Task { try await slipway.deploy("web", sha) }
        let readers = Task { () -> LogReaders in
            let id = try await slipway.wait("\(name): the deploy") { try? await deployView(after: last)?.deploy.id }
            return try await self.readers("deploys/\(id)")
        }
        for phase in phases {
            try await kill(phase, since: begin, &report) { try await sight(after: last, phase) }
            try await end(of: phase, since: begin, &report) { try await sight(after: last, phase) }
            begin = .now
        }
        let view = try await slipway.end(of: try await request.value)
        #expect(try await deployView(after: last)?.deploy.id == view.deploy.id, "\(name): one request, one deploy")
        try await readers.value.check(name)
        return view
    }

    private func deployView(after last: Int64) async throws -> DeployView? {
        guard let id = try await target().deploys.map(\.deploy.id).max(), id > last else { return nil }
        return try await quick.get("/deploys/\(id)")
    }

    private func sight(after last: Int64, _ phase: KillPhase) async throws -> Sight {
        guard let view = try await deployView(after: last) else { return ("", false) }
        let rollouts = view.rollouts.map { "\($0.state) \($0.serving) \($0.log.count)" }
        let progress = try await progress("deploys/\(view.deploy.id)", view.steps)
        let hasEnded = view.deploy.state.isFinal || phase == .script && !view.rollouts.isEmpty
        return ("\(view.deploy.state) \(rollouts) \(progress)", hasEnded)
    }

    // MARK: Killing

    /// Kills the server at the phase's point, starts it at once, and waits for a sign that the work goes on.
    private func kill(
        _ phase: KillPhase, since begin: ContinuousClock.Instant, _ report: inout Report,
        _ observe: () async throws -> Sight
    ) async throws {
        guard let point = points[phase] else { return }
        let length = lengths[phase] ?? 1000
        let moment = begin + .milliseconds(point.milliseconds(of: length))
        var last: Sight = ("", false)
        // A look takes its time: none right before the point.
        while ContinuousClock.now + .milliseconds(100) < moment, !last.hasEnded {
            if let seen = try? await observe() { last = seen }
            try await Task.sleep(for: .milliseconds(10))
        }
        if !last.hasEnded { try await Task.sleep(until: moment, clock: .continuous) }
        let at = Self.milliseconds(.now - begin)
        try await slipway.crash()
        report.kills += 1
        var restart = ContinuousClock.now
        if let again = point.again {
            try await Task.sleep(for: .milliseconds(again))
            try await slipway.crash()
            report.kills += 1
            restart = .now
        }
        let more = point.again.map { ", and again \($0) ms after the restart" } ?? ""
        let sight = try await slipway.wait("\(name): the work to go on after a kill in \(phase) at \(at) ms\(more)") {
            guard let seen = try? await observe(), seen.hasEnded || seen != last else { return nil as Sight? }
            return seen
        }
        let time = Self.milliseconds(.now - restart)
        report.resumed.append(time)
        print(
            "\(name): killed in \(phase) at \(at) ms (of about \(length))\(more); goes on after \(time) ms",
            sight.hasEnded ? "(phase over)" : "")
        fflush(nil)
    }

    private func end(
        of phase: KillPhase, since begin: ContinuousClock.Instant, _ report: inout Report,
        _ observe: () async throws -> Sight
    ) async throws {
        let limit = ContinuousClock.now + .seconds(240)
        while await (try? observe())?.hasEnded != true {
            guard ContinuousClock.now < limit else { throw Failure(.timedOut, "\(name): \(phase) does not end") }
            try await Task.sleep(for: .milliseconds(10))
        }
        report.lengths[phase] = Self.milliseconds(.now - begin)
    }

    // MARK: Seeing

    private func target() async throws -> TargetView { try await quick.get("/targets/web/production") }

    private func progress(_ owner: String, _ steps: [Step]) async throws -> String {
        var bytes = 0
        for step in steps where step.state == .running {
            bytes += try await quick.bytes("/\(owner)/steps/\(step.index)/log").count
        }
        return "\(steps.map(\.state)) \(bytes)"
    }

    private func readers(_ owner: String) async throws -> LogReaders {
        let count = try await slipway.wait("\(name): the steps of \(owner)") { () -> Int? in
            let id = owner.split(separator: "/").last ?? ""
            let steps =
                owner.hasPrefix("builds")
                ? (try? await quick.get("/builds/\(id)") as BuildView)?.steps
                : (try? await quick.get("/deploys/\(id)") as DeployView)?.steps
            return steps.flatMap { $0.isEmpty ? nil : $0.count }
        }
        return LogReaders(owner, of: slipway, steps: count)
    }

    static func milliseconds(_ duration: Duration) -> Int {
        Int(duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000)
    }
}
