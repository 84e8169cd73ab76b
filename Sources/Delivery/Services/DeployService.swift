import Access
import Foundation
import Git
import Logging
import Model
import Pipeline
import SecretStore
import Stacks
import Store
import Supervisor

/// Runs the deploys that wait, one a target, and goes on with those that a restart left running.
struct DeployService: Sendable {
    let journal: Journal
    let commits: CommitService
    let builds: BuildService
    let stacks: StackService
    let access: Access
    let settings: DeliverySettings
    let runner: StepRunner
    let secrets: SecretService
    let logger: Logger

    /// Takes deploys until it is cancelled. Nothing that goes wrong ends it.
    func run() async {
        let wakeups = journal.store.events.wakeups()
        let turns = Taken()
        await withDiscardingTaskGroup { group in
            func fill() async {
                do {
                    for target in try await journal.targets(environments: try await stacks.environments()) {
                        guard await turns.begin(target.id) else { continue }
                        var deploy: Deploy?
                        do {
                            deploy = try await nextOne(of: target)
                        } catch {
                            logger.error("deploys can't be read", metadata: ["reason": "\(error)"])
                            group.addTask { await journal.store.wakeSoon() }
                        }
                        guard let deploy else {
                            await turns.end(target.id)
                            continue
                        }
                        group.addTask {
                            await execute(deploy, target)
                            await turns.end(target.id)
                            journal.store.events.wake()
                        }
                    }
                } catch {
                    logger.error("targets can't be read", metadata: ["reason": "\(error)"])
                    group.addTask { await journal.store.wakeSoon() }
                }
            }
            await fill()
            for await _ in wakeups { await fill() }
            group.cancelAll()
        }
    }

    /// The deploy to carry out now: the one that runs already, or the next in the queue.
    private func nextOne(of target: Target) async throws -> Deploy? {
        while true {
            let open = try await journal.openDeploys(of: target)
            if let running = open.first(where: { $0.state != .queued }) { return running }
            guard !open.isEmpty else { return nil }
            var positions: [Int64: Int64] = [:]
            var newest: [Int64: Int64] = [:]
            for deploy in open {
                positions[deploy.id] = try await position(of: deploy.sha, target)
                for done in try await journal.succeeded(since: deploy.queuedAt, of: target) where done.kind == .deploy {
                    newest[deploy.id] = max(newest[deploy.id] ?? 0, try await position(of: done.sha, target))
                }
            }
            let decision = nextDeploy(
                open: open.map { ($0, positions[$0.id] ?? 0) }, deployedSince: { newest[$0.id] })
            switch decision {
            case .nothing: return nil
            case .start(let id): return open.first { $0.id == id }
            case .supersede(let id):
                guard let deploy = open.first(where: { $0.id == id }) else { return nil }
                try await journal.endDeploy(
                    deploy, app: target.app.id, .superseded, reason: "A newer commit was deployed meanwhile",
                    verification: nil)
            }
        }
    }

    private func position(of sha: SHA, _ target: Target) async throws -> Int64 {
        try await journal.commit(sha, of: target.app)?.position ?? 0
    }

    private func execute(_ deploy: Deploy, _ target: Target) async {
        do {
            if deploy.state == .queued {
                let live = try await journal.liveDeploy(of: target)?.sha
                guard try await journal.startDeploy(deploy, previous: live, app: target.app.id) else { return }
            }
            try await carryOut(try await journal.deploy(deploy.id), target)
        } catch {
            // The server stops, and the next one goes on with the deploy; or this one does when the disk has room.
            if Task.isCancelled { return }
            if Store.mayPass(error) { return await journal.store.wakeSoon() }
            let reason = (error as? Failure)?.description ?? "\(error)"
            logger.error("deploy failed", metadata: ["deploy": "\(deploy.id)", "reason": "\(reason)"])
            await end(deploy, target, DeployVerdict(state: .failed, reason: reason), nil)
        }
    }

    private func carryOut(_ deploy: Deploy, _ target: Target) async throws {
        let run = try await deployRun(deploy, target)
        try await runner.table.plan(run.steps(), for: .deploy(deploy.id))
        let isAborted: @Sendable () async throws -> Bool = { try await journal.deploy(deploy.id).state == .aborting }
        let verdict = try await runner.run(.deploy(deploy.id), isCancelled: isAborted) { try await run.prepare($0, $1) }
        let rollouts = try await settledRollouts(of: deploy, cancelling: verdict != .succeeded)
        let verification = try await verification(of: deploy)
        let end = deployVerdict(
            steps: verdict, rollouts: rollouts, isAborted: try await isAborted(), verification: verification)
        await self.end(deploy, target, end, verification)
    }

    private func deployRun(_ deploy: Deploy, _ target: Target) async throws -> DeployRun {
        guard let commit = try await journal.commit(deploy.sha, of: target.app) else {
            throw Failure(.notFound, "\(target.app.name) has no commit \(deploy.sha)")
        }
        return DeployRun(
            deploy: deploy, target: target, commit: commit,
            configuration: try await builds.validConfiguration(of: target.app, at: deploy.sha),
            mirror: commits.mirror(of: target.app), access: access, settings: settings, runner: runner,
            secrets: secrets, environment: { [stacks] in try await stacks.environment($0) })
    }

    /// Takes the script's token away, tidies up and records the end, in this order: what is recorded as over has left
    /// nothing behind.
    private func end(
        _ deploy: Deploy, _ target: Target, _ end: DeployVerdict, _ verification: Deploy.Verification?
    ) async {
        await persistently(logger) { try await access.revokeDeployTokens(deploy: deploy.id) }
        await settings.stepUsers.release(.deploy(deploy.id))
        SecretFolder(instance: settings.instance, .deploy(deploy.id)).remove()
        StepUsers.remove(DeployRun.checkout(of: deploy, settings))
        await runner.forget(.deploy(deploy.id))
        await persistently(logger) {
            try await journal.endDeploy(
                deploy, app: target.app.id, end.state, reason: end.reason, verification: verification)
        }
        // One that an `up` without a script queued in the last moment; after the end none is let in.
        await persistently(logger) { try await stacks.cancelRollouts(ofDeploy: deploy.id) }
    }

    /// What is found on the engine; waits for one that is away.
    private func verification(of deploy: Deploy) async throws -> Deploy.Verification {
        let end = Date().addingTimeInterval(TimeInterval(settings.patience))
        while true {
            do {
                return try await stacks.verify(deploy: deploy.id)
            } catch let failure as Failure where failure.code == .unavailable && Date() < end {
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// The deploy's rollouts once all of them have ended. An abort meanwhile cancels them, and so does a script that did
    /// not end well: what it left under way was not waited for.
    private func settledRollouts(of deploy: Deploy, cancelling: Bool) async throws -> [Rollout] {
        let wakeups = journal.store.events.wakeups()
        var rollouts = try await stacks.rollouts(ofDeploy: deploy.id)
        var isCancelling = cancelling
        var cancelled: Set<Int64> = []
        var next = wakeups.makeAsyncIterator()
        while !Task.isCancelled {
            if !isCancelling { isCancelling = try await journal.deploy(deploy.id).state == .aborting }
            rollouts = try await stacks.rollouts(ofDeploy: deploy.id)
            let open = rollouts.filter { !$0.state.isFinal }
            if open.isEmpty { return rollouts }
            if isCancelling, !cancelled.isSuperset(of: open.map(\.id)) {
                cancelled.formUnion(open.map(\.id))
                try await stacks.cancelRollouts(ofDeploy: deploy.id)
            }
            await next.next()
        }
        throw CancellationError()
    }
}
