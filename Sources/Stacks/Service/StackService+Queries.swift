import Engines
public import Foundation
public import GRDB
public import Model
import Store

extension StackService {
    // MARK: Rollouts

    /// A rollout with its batch log. Throws `.notFound`.
    public func rollout(_ id: Int64) async throws -> Rollout {
        try await store.read { db in
            guard let record = try RolloutRecord.find(db, id: id) else {
                throw Failure(.notFound, "There is no rollout \(id)")
            }
            return try record.withLog(db)
        }
    }

    /// The rollouts that a deploy caused, in order.
    public func rollouts(ofDeploy id: Int64) async throws -> [Rollout] {
        try await store.read { db in
            try RolloutRecord.fetch(db, where: "deployID = ? ORDER BY id", [id]).map { try $0.withLog(db) }
        }
    }

    /// The newest rollouts of an environment, or of one of its stacks; newest first, without logs.
    public func rollouts(environment: Environment, stack: String? = nil, limit: Int = 50) async throws -> [Rollout] {
        try await store.read { db in
            try RolloutRecord.fetch(
                db, where: "environmentID = ?1 AND (?2 IS NULL OR stack = ?2) ORDER BY id DESC LIMIT ?3",
                [environment.id, stack, limit]
            ).map(\.rollout)
        }
    }

    /// The newest rollouts of a service, newest first, with their logs.
    public func rollouts(of service: ServiceKey, limit: Int = 20) async throws -> [Rollout] {
        try await store.read { db in
            try RolloutRecord.fetch(
                db, where: "environmentID = ? AND stack = ? AND service = ? ORDER BY id DESC LIMIT ?",
                [service.environmentID, service.stack, service.service, limit]
            ).map { try $0.withLog(db) }
        }
    }

    /// Ends a rollout early: what ran before runs again. One that has ended stays as it is.
    public func cancel(rollout id: Int64) async throws {
        let now = now()
        try await store.write { db in
            guard let record = try RolloutRecord.find(db, id: id) else {
                throw Failure(.notFound, "There is no rollout \(id)")
            }
            if record.rollout.state == .queued || record.rollout.state == .rolling {
                try Self.requestCancel(id, "cancelled", at: now, db)
            }
        }
        signal.fire()
    }

    /// Ends all rollouts of a deploy early.
    public func cancelRollouts(ofDeploy id: Int64) async throws {
        let now = now()
        try await store.write { db in
            for record in try RolloutRecord.fetch(db, where: "deployID = ? AND state IN ('queued', 'rolling')", [id]) {
                try Self.requestCancel(record.rollout.id, "cancelled with deploy \(id)", at: now, db)
            }
        }
        signal.fire()
    }

    /// Ends all rollouts early, where a backup is brought up elsewhere: each service goes on as it was before.
    public static func cancelRollouts(becauseOf reason: String, at now: Date, in db: Database) throws {
        for record in try RolloutRecord.fetch(db, where: "state IN ('queued', 'rolling')", []) {
            try requestCancel(record.rollout.id, reason, at: now, db)
        }
    }

    static func requestCancel(_ id: Int64, _ why: String, at now: Date, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE rollout SET cancelRequested = 1 WHERE id = ? AND NOT cancelRequested", arguments: [id])
        if db.changesCount > 0 { try RolloutRecord.note(db, id, why, at: now, kind: "cancel") }
    }

    // MARK: Stacks

    /// All stacks of an environment as they are now. When the engine doesn't answer, the services stand there in
    /// state `unknown`, without containers.
    public func stacks(in environment: Environment) async throws -> [StackView] {
        let known = try await store.read { try ContainerRecord.all($0, environment: environment.id).map(\.id) }
        var containers = await seenContainers(of: environment)
        try Task.checkCancellation()
        let notes = try await store.read { try StackNote.all($0, environment) }
        let generations = Set(containers?.compactMap(\.generation) ?? [])
        let (services, rollouts, records, origins) = try await store.read { db in
            let newest = try RolloutRecord.fetch(
                db,
                where: """
                    environmentID = ?1 AND (state = 'queued' OR id IN (SELECT max(id) FROM rollout
                    WHERE state != 'queued' GROUP BY environmentID, stack, service)) ORDER BY id
                    """, [environment.id])
            let records = try ContainerRecord.all(db, environment: environment.id)
            // A container is measured by the rollout that made it: parked ones are of an earlier commit.
            var origins: [Int64: ContainerOrigin] = [:]
            for generation in generations {
                origins[generation] = try ContainerOrigin.find(db, generation: generation)
            }
            return (try ServiceRecord.all(db, environment: environment.id), newest, records, origins)
        }
        // What was forgotten since is gone, though it was still seen.
        let forgotten = Set(known).subtracting(records.map(\.id))
        containers?.removeAll { forgotten.contains($0.id) }
        var specs: [ServiceKey: ServiceSpec] = [:]
        var latest: [ServiceKey: RolloutRecord] = [:]
        for record in rollouts where latest[record.key]?.rollout.state.isFinal ?? true { latest[record.key] = record }
        for (key, record) in latest where !(record.isRemoval && record.rollout.state == .done) {
            let isKept = containers?.contains { $0.isOf(key) } ?? false
            if !record.rollout.state.isFinal || record.rollout.state == .failed && isKept {
                specs[key] = record.rollout.spec
            }
        }
        for service in services { specs[service.key] = latest[service.key]?.goal(or: service.spec) ?? service.spec }
        var views: [String: [ServiceView]] = [:]
        for (key, spec) in specs {
            let health = await prober.records(of: key)
            let members = containers?.filter { $0.isOf(key) }.map { container -> ContainerView in
                let record = records.first { $0.id == container.id }
                let origin = container.generation.flatMap { origins[$0] }
                let sidekick = container.labels[Label.sidekick]
                let part = spec.part(sidekick) ?? spec
                let health = part.isCheckedInside ? HealthRecord(engineSaysOf: container) : health[container.id]
                var view = view(
                    of: container, part, record, health, sidekick == nil ? origin?.pinnedImage : nil)
                (view.deployID, view.rolloutID) = (origin?.deployID, container.generation)
                (view.sidekick, view.host) = (sidekick, container.host)
                return view
            }
            let rollout = latest[key]?.rollout
            views[key.stack, default: []].append(
                ServiceView(
                    name: key.service, spec: spec,
                    state: isShut(key, spec, environment) ? .down : Self.state(spec, members, rollout),
                    containers: (members ?? []).sorted {
                        ($0.parked ? 1 : 0, $0.slot, $0.name) < ($1.parked ? 1 : 0, $1.slot, $1.name)
                    },
                    rollout: rollout))
        }
        return views.map { name, services in
            StackView(name: name, services: services.sorted { $0.name < $1.name }, description: notes[name])
        }.sorted { $0.name < $1.name }
    }

    /// The containers that there are; nil where the engine doesn't say so within five seconds. A page can't wait longer.
    private func seenContainers(of environment: Environment) async -> [ObservedContainer]? {
        let (engineFor, labels) = (engineFor, labels(of: environment))
        return await withTaskGroup(of: [ObservedContainer]?.self) { group in
            group.addTask { try? await engineFor(environment).containers(labels: labels) }
            group.addTask {
                try? await Task.sleep(for: .seconds(5))
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    private func view(
        of container: ObservedContainer, _ spec: ServiceSpec, _ record: ContainerRecord?, _ health: HealthRecord?,
        _ image: String?
    ) -> ContainerView {
        let digest = ImageReference(container.image)?.digest
        let isParked = record?.parkedAt != nil
        let text: String =
            if isParked { "parked" } else if spec.runsOnce, container.state == .exited, container.exitStatus == 0 {
                "ran once"
            } else if container.state != .running {
                container.exitStatus.map { "\(container.state.rawValue) (\($0))" } ?? container.state.rawValue
            } else if record?.drainStartedAt != nil { "draining" } else if spec.gate == nil {
                record?.admittedAt == nil ? "starting" : "running"
            } else if let health {
                health.verdict == .initializing ? "starting" : health.verdict.rawValue
            } else { "not probed yet" }
        return ContainerView(
            id: container.id, name: container.name, slot: container.slot ?? 0, revision: container.revision,
            image: container.image, imageDigest: digest, state: container.state, health: text, lastProbe: health?.last,
            address: container.address, startedAt: container.startedAt, restarts: container.restarts, parked: isParked,
            serving: container.state == .running && record?.admittedAt != nil && record?.drainStartedAt == nil,
            matches: image.map { $0 == container.image })
    }

    private static func state(
        _ spec: ServiceSpec, _ containers: [ContainerView]?, _ rollout: Rollout?
    ) -> ServiceView.State {
        guard let containers else { return .unknown }
        switch rollout?.state {
        case .queued?, .rolling?: return .upgrading
        case .rollingBack?: return .rollingBack
        default: break
        }
        if spec.kind != .containers, containers.allSatisfy(\.parked) {
            return rollout?.state == .failed ? .stopped : .active
        }
        let fit = containers.filter {
            $0.sidekick == nil && $0.serving && $0.health != HealthRecord.Verdict.unhealthy.rawValue
        }.count
        if spec.runsOnce, rollout?.state == .done || rollout?.state == .rolledBack { return .startedOnce }
        if spec.staysCreated, fit == 0 { return .stopped }
        if spec.placement?.isGlobal == true, fit > 0, containers.contains(where: { !$0.parked && !$0.serving }) {
            return .degraded
        }
        if spec.scale == 0 || containers.allSatisfy(\.parked) && rollout?.state == .failed { return .stopped }
        return fit >= spec.scale ? .active : fit == 0 ? .down : .degraded
    }
}

extension ServiceView {
    /// The containers that an upgrade would replace, in the order in which it takes them: what doesn't serve, then what
    /// is unhealthy, then the rest from the highest slot down.
    public var replacements: [ContainerView] {
        let rank = { (container: ContainerView) -> Int in
            if !container.serving { return 0 }
            return container.health == HealthRecord.Verdict.unhealthy.rawValue ? 1 : 2
        }
        return containers.filter { !$0.parked }.sorted { (rank($0), -$0.slot) < (rank($1), -$1.slot) }
    }
}

extension ObservedContainer {
    func isOf(_ key: ServiceKey) -> Bool {
        labels[Label.stack] == key.stack && labels[Label.service] == key.service
    }
}

extension RolloutRecord {
    /// What the service is on its way to; `settled` when nothing is at work.
    fileprivate func goal(or settled: ServiceSpec) -> ServiceSpec {
        rollout.state.isFinal ? settled : goal?.spec ?? settled
    }
}
