import Engines
import Foundation
import Git
import Logging
import Model
import Pipeline
import SecretStore
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
    let secrets: SecretService
    let logger: Logger

    /// Takes builds until it is cancelled. Nothing that goes wrong ends it.
    func run() async {
        let wakeups = journal.store.events.wakeups()
        let (taken, cleaning) = (Taken(), Taken())
        await withDiscardingTaskGroup { group in
            group.addTask { await sweep(besides: cleaning) }
            func fill() async {
                do {
                    for build in try await journal.openBuilds() {
                        guard await taken.begin(build.id, limit: settings.buildSlots) else { continue }
                        group.addTask {
                            // What comes next needn't wait until the containers are gone.
                            let ended = await execute(build)
                            if ended != nil { _ = await cleaning.begin(build.id) }
                            await taken.end(build.id)
                            journal.store.events.wake()
                            await ended?.clean()
                            await cleaning.end(build.id)
                        }
                    }
                } catch {
                    logger.error("builds can't be read", metadata: ["reason": "\(error)"])
                    group.addTask { await journal.store.wakeSoon() }
                }
            }
            await fill()
            for await _ in wakeups { await fill() }
            group.cancelAll()
        }
    }

    /// Removes what builds that are over have left because the server died, or the engine didn't answer.
    private func sweep(besides cleaning: Taken) async {
        while !Task.isCancelled {
            for id in BuildJob.leftovers(in: settings.checkouts) where await cleaning.begin(id) {
                if let build = try? await journal.build(id), build.state.isFinal,
                    let request = try? await request(for: build)
                {
                    await BuildJob(request, runner: runner).clean()
                }
                await cleaning.end(id)
            }
            // An engine that doesn't answer is told elsewhere.
            try? await BuildJob.removeContainers(of: settings.instance, on: engine) {
                try await journal.build($0).state.isFinal
            }
            try? await Task.sleep(for: .seconds(10))
        }
    }

    /// Returns the job when its end is recorded: it is to be cleaned.
    private func execute(_ build: Build) async -> BuildJob? {
        do {
            if build.state == .queued, try await !journal.startBuild(build) { return nil }
            let job = BuildJob(try await request(for: build), runner: runner)
            let end = await end(of: job, build)
            guard !Task.isCancelled, let end else { return nil }
            await persistently(logger) {
                try await journal.endBuild(build, end.state, reason: end.reason, product: end.product)
            }
            return Task.isCancelled ? nil : job
        } catch {
            await fail(build, error)
            return nil
        }
    }

    private struct End {
        var state: Build.State
        var reason: String?
        var product: BuildProduct?
    }

    /// Runs the build's steps; nil when the server stops or the disk is full: they are gone on with later.
    private func end(of job: BuildJob, _ build: Build) async -> End? {
        do {
            let (verdict, product) = try await job.run { try await journal.build(build.id).cancelRequested }
            switch verdict {
            case .succeeded: return End(state: .succeeded, product: product)
            case .failed(_, let reason): return End(state: .failed, reason: reason)
            case .timedOut(_, let reason): return End(state: .timedOut, reason: reason)
            case .cancelled: return End(state: .cancelled, reason: "Cancelled on request")
            }
        } catch {
            if Task.isCancelled { return nil }
            if Store.mayPass(error) {
                await journal.store.wakeSoon()
                return nil
            }
            return End(state: .failed, reason: (error as? Failure)?.description ?? "\(error)")
        }
    }

    private func fail(_ build: Build, _ error: any Error) async {
        if Task.isCancelled { return }
        if Store.mayPass(error) { return await journal.store.wakeSoon() }
        let reason = (error as? Failure)?.description ?? "\(error)"
        logger.error("build failed", metadata: ["build": "\(build.id)", "reason": "\(reason)"])
        await persistently(logger) { try await journal.endBuild(build, .failed, reason: reason, product: nil) }
    }

    private func request(for build: Build) async throws -> BuildRequest {
        let app = try await journal.app(build.appID)
        guard let commit = try await journal.commit(build.sha, of: app) else {
            throw Failure(.internal, "Build \(build.id) is of a commit that is not recorded")
        }
        let configuration = try await validConfiguration(of: app, at: build.sha)
        let scope = SecretScope(app: app.name, environment: nil, contexts: configuration.test?.contexts ?? [])
        return BuildRequest(
            build: build, app: app, commit: commit, mirror: commits.mirror(of: app),
            configuration: configuration, engine: engine,
            dockerHost: "unix://\(settings.buildSocket)", registry: settings.registry, checkouts: settings.checkouts,
            instance: settings.instance, allowsHostSteps: settings.allowsHostSteps, sourceURL: sourceURL(of: app),
            patience: settings.patience, agent: settings.agent, stepUsers: settings.stepUsers,
            secrets: { [secrets] in try await secrets.given(for: scope) })
    }

    /// What the commit's files ask for, and what is wrong with them.
    func configuration(of app: App, at sha: SHA) async throws -> PipelineConfiguration {
        try await commits.configuration(of: app, at: sha)
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

/// What this process is carrying out, by row id.
actor Taken {
    private var ids: Set<Int64> = []

    /// False when it is taken already, or when `limit` are.
    func begin(_ id: Int64, limit: Int = .max) -> Bool { ids.count < limit && ids.insert(id).inserted }
    func end(_ id: Int64) { ids.remove(id) }
}
