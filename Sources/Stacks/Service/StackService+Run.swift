import Engines
import Foundation
import GRDB
import Logging
package import Model
import Store

extension StackService {
    /// The reconcile loop: carries out rollouts and keeps settled services as they shall be. Takes up what an earlier
    /// process left at any point. Ends when its task is cancelled; what it was at goes on at the next start.
    public func run() async throws {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let version = signal.version
                do {
                    for key in try await openServices() where claim(key) {
                        group.addTask {
                            await self.drive(key)
                            await self.release(key)
                            self.signal.fire()
                        }
                    }
                    for environment in try await environments() {
                        if watched.insert(environment.id).inserted {
                            group.addTask { await self.follow(environment) }
                        }
                        guard isDue(environment.id) else { continue }
                        tending.insert(environment.id)
                        group.addTask {
                            await self.tend(environment)
                            await self.hasTended(environment.id)
                        }
                    }
                    try await converge()
                } catch {
                    if !Task.isCancelled { logger.error("reconcile", metadata: ["error": "\(error)"]) }
                }
                await signal.wait(after: version, upTo: .seconds(2))
            }
        }
        watched = []
        await prober.stop()
    }

    /// Services with a rollout that has not ended.
    package func openServices() async throws -> [ServiceKey] {
        try await store.read { db in
            Set(
                try RolloutRecord.fetch(db, where: "state IN \(RolloutRecord.open)", []).map(\.key)
            ).sorted { $0.description < $1.description }
        }
    }

    private func isDue(_ environment: Int64) -> Bool {
        guard !tending.contains(environment) else { return false }
        guard let last = tendedAt[environment] else { return true }
        return ContinuousClock.now - last > .seconds(10)
    }

    /// Something is on its way: the next look comes in a second or two.
    private func tendSoon(_ environment: Int64) {
        tendedAt[environment] = ContinuousClock.now - .seconds(9)
    }

    private func hasTended(_ environment: Int64) {
        tending.remove(environment)
    }

    /// Looks again whenever the engine says that a container changed.
    private func follow(_ environment: Environment) async {
        while !Task.isCancelled {
            do {
                for try await _ in try await engineFor(environment).events() {
                    tendedAt[environment.id] = nil
                    signal.fire()
                }
            } catch {
                logger.debug("events ended", metadata: ["environment": "\(environment.name)", "error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(2))
        }
    }

    /// One turn at the settled services of an environment, which keeps them as they shall be. True when something is
    /// on its way, so that the next turn should come soon.
    @discardableResult
    package func tend(_ environment: Environment) async -> Bool {
        tendedAt[environment.id] = ContinuousClock.now
        var isSoon = false
        do {
            let engine = try engineFor(environment)
            try await takeUpNames(of: environment, engine)
            let before = shifts
            let containers = try await engine.containers(labels: labels(of: environment))
            try await tellChanges(environment, containers)
            await tendNames(of: environment, engine)
            var groups = Dictionary(grouping: containers) { container in
                ServiceKey(
                    environmentID: environment.id, stack: container.labels[Label.stack] ?? "",
                    service: container.labels[Label.service] ?? "")
            }
            let services = try await store.read { try ServiceRecord.all($0, environment: environment.id) }
            for service in services where groups[service.key] == nil { groups[service.key] = [] }
            for (key, containers) in groups.sorted(by: { $0.key.description < $1.key.description })
            where claim(key) {
                do {
                    if shifts[key] != (before[key] ?? 0) + 1 {
                        // A rollout came and went since the containers were seen.
                        tendSoon(environment.id)
                        isSoon = true
                    } else if try await settle(key, containers, environment, engine) {
                        isSoon = true
                    }
                } catch {
                    logger.warning("repair", metadata: ["service": "\(key)", "error": "\(error)"])
                }
                release(key)
            }
        } catch {
            if Task.isCancelled { return false }
            logger.debug("engine", metadata: ["environment": "\(environment.name)", "error": "\(error)"])
        }
        return isSoon
    }

    private func settle(
        _ key: ServiceKey, _ containers: [ObservedContainer], _ environment: Environment, _ engine: any Engine
    ) async throws -> Bool {
        let (service, last, open) = try await store.read { db in
            (
                try ServiceRecord.find(db, key), try RolloutRecord.lastBegun(db, key)?.rollout,
                try RolloutRecord.ofService(db, key, and: "state IN \(RolloutRecord.open)")
            )
        }
        // A rollout that came in meanwhile knows better.
        guard open.isEmpty else { return false }
        let sight = try await sight(of: key, containers, environment, engine, edgeIsFresh: true)
        let members = members(sight, key, goal: service?.goal)
        let scene = Scene(key: key, environment: environment, engine: engine, members: members)
        try await bringTogether(containers, scene)
        let options = last?.options ?? RolloutOptions()
        var steps: [RolloutStep] = []
        if last?.state == .rollbackFailed {
            // Whatever is healthy goes on serving; a person decides.
            logger.debug("left alone after a failed rollback", metadata: ["service": "\(key)"])
            for id in leftRunning(sight.containers, sight.records) {
                try await engine.stop(id, grace: service?.spec.stopGracePeriod ?? 10)
            }
        } else if let service {
            let placement = try await placement(
                of: service.spec, generation: service.generation, key, in: environment, on: engine)
            steps = repairs(
                of: service.spec, generation: service.generation, members: members, placement: placement,
                options: options, now: now())
            let limit = now().addingTimeInterval(-Double(options.park) / 1000)
            steps += members.filter { $0.parkedAt.map { $0 < limit } ?? false }.map { .remove($0.id) }
        } else {
            // What a first rollout that failed left behind is kept for its logs.
            steps = farewells(
                to: members, isKept: last?.state == .failed,
                drain: last?.spec.drainTime(otherwise: options.drain) ?? options.drain, now: now())
        }
        steps += members.filter { $0.parkedAt != nil && $0.isUp }.map { .park($0.id) }
        let isLeftAlone = service?.spec.isLeftAlone == true
        let isWaiting = !isLeftAlone && members.contains { $0.parkedAt == nil && !$0.isServing }
        let isLeaving = members.contains { $0.parkedAt == nil && $0.isUp && $0.isAdmitted }
        let isAtWork = service == nil ? isLeaving : isWaiting || !steps.isEmpty
        let isSoon = isAtWork && last?.state != .rollbackFailed
        if isSoon { tendSoon(environment.id) }
        for step in steps {
            logger.info("repair", metadata: ["service": "\(key)", "step": "\(step)"])
            try await repair(step, service, scene)
        }
        return isSoon
    }

    private func repair(_ step: RolloutStep, _ service: ServiceRecord?, _ scene: Scene) async throws {
        let grace = service?.spec.stopGracePeriod ?? 10
        switch step {
        case .create(let slot):
            guard let service else { return }
            for image in Set(service.spec.parts.map(\.runnableImage)).sorted()
            where try await scene.engine.image(image) == nil {
                try await scene.engine.pull(image) { _ in }
            }
            try await bringUp(service.goal, slot: slot, scene)
        case .start(let id): try await start(id, scene)
        case .admit(let id): try await admit(id, scene)
        case .drain(let id): try await drain(id, scene)
        case .remove(let id): try await remove(id, grace: grace, scene)
        case .park(let id): try await park(id, grace: grace, scene)
        default: break
        }
    }

    /// Tells those who follow the environment when a container came, went or changed.
    private func tellChanges(_ environment: Environment, _ containers: [ObservedContainer]) async throws {
        let seen = Set(containers.map { "\($0.id) \($0.state.rawValue) \($0.restarts) \($0.address ?? "")" })
        guard let before = lastSeen.updateValue(seen, forKey: environment.id), before != seen else { return }
        try await store.write { try Store.log("environment/\(environment.id)", "containers", in: $0) }
    }
}
