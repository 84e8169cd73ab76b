import Engines
import Foundation
import Git
import Logging
import Model
import Pipeline
import Stacks
import Store
import Supervisor

/// Runs the builds that wait, as many at a time as there are slots, and goes on with those that a restart left running.
struct BuildService: Sendable {
    let journal: Journal
    let commits: CommitService
    let settings: DeliverySettings
    let runner: StepRunner
    let engine: any Engine
    let logger: Logger

    /// Takes builds until it is cancelled.
    func run() async throws {
        let wakeups = journal.store.events.wakeups()
        try await withThrowingTaskGroup(of: Int64.self) { group in
            var taken: Set<Int64> = []
            // A task that ends wakes the loop through the database, so one wait covers both.
            let takers = TaskEnds()
            func fill() async throws {
                taken.subtract(await takers.drain())
                for build in try await journal.openBuilds() where !taken.contains(build.id) {
                    guard taken.count < settings.buildSlots else { break }
                    taken.insert(build.id)
                    group.addTask {
                        await execute(build)
                        await takers.ended(build.id)
                        journal.store.events.wake()
                        return build.id
                    }
                }
            }
            try await fill()
            for await _ in wakeups { try await fill() }
            group.cancelAll()
        }
    }

    private func execute(_ build: Build) async {
        do {
            if build.state == .queued {
                if build.cancelRequested {
                    return try await journal.endBuild(
                        build, .cancelled, reason: "Cancelled before it began", product: nil)
                }
                try await journal.startBuild(build)
            }
            try await carryOut(build)
        } catch is CancellationError {
            // The server stops; the next one goes on with the build.
        } catch {
            let reason = (error as? Failure)?.description ?? "\(error)"
            logger.error("build failed", metadata: ["build": "\(build.id)", "reason": "\(reason)"])
            try? await journal.endBuild(build, .failed, reason: reason, product: nil)
        }
    }

    private func carryOut(_ build: Build) async throws {
        let app = try await journal.app(build.appID)
        guard let commit = try await journal.commit(build.sha, of: app) else {
            throw Failure(.internal, "Build \(build.id) is of a commit that is not recorded")
        }
        let configuration = try await validConfiguration(of: app, at: build.sha)
        let request = BuildRequest(
            build: build, app: app, commit: commit, mirror: commits.mirror(of: app), configuration: configuration,
            engine: engine, dockerHost: "unix://\(settings.buildSocket)", registry: settings.registry,
            checkouts: settings.checkouts, allowsHostSteps: settings.allowsHostSteps, instance: settings.instance,
            sourceURL: sourceURL(of: app))
        let (verdict, product) = try await BuildJob(request, runner: runner).run {
            try await journal.build(build.id).cancelRequested
        }
        switch verdict {
        case .succeeded:
            try await journal.endBuild(build, .succeeded, reason: nil, product: product)
        case .failed(_, let reason):
            try await journal.endBuild(build, .failed, reason: reason, product: nil)
        case .timedOut(_, let reason):
            try await journal.endBuild(build, .timedOut, reason: reason, product: nil)
        case .cancelled:
            try await journal.endBuild(build, .cancelled, reason: "Cancelled on request", product: nil)
        }
    }

    /// What the commit's files ask for, and what is wrong with them.
    func configuration(of app: App, at sha: SHA) async throws -> PipelineConfiguration {
        try await CommitFiles.load(from: commits.mirror(of: app), at: sha).configuration(app: app)
    }

    /// The same, throwing when something is wrong with them.
    func validConfiguration(of app: App, at sha: SHA) async throws -> PipelineConfiguration {
        let configuration = try await configuration(of: app, at: sha)
        let errors = configuration.findings.filter { $0.severity == .error }
        guard errors.isEmpty else { throw Failure(.invalid, "The commit's files have errors", findings: errors) }
        return configuration
    }

    private func sourceURL(of app: App) -> String {
        switch app.source {
        case .remote(let url): url
        case .hosted: "\(settings.publicURL)/git/\(app.name).git"
        }
    }
}

/// Names of the tasks that have ended since somebody asked.
private actor TaskEnds {
    private var names: Set<Int64> = []

    func ended(_ name: Int64) { names.insert(name) }

    func drain() -> Set<Int64> {
        defer { names = [] }
        return names
    }
}
