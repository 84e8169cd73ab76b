import Engines
import Foundation
import GRDB
import Model
import Store

extension StackService {
    /// What is recorded and seen of one service.
    struct Sight {
        var environment: Environment
        var engine: any Engine
        var containers: [ObservedContainer]
        var records: [String: ContainerRecord]
        /// Specs by generation.
        var specs: [Int64: ServiceSpec]
        var health: [String: HealthRecord]
        /// Nil where there is no edge.
        var edge: EdgeState?
    }

    /// Looks at a service's containers and at the edge, and has those that run probed from now on.
    func look(at key: ServiceKey) async throws -> Sight {
        let environment = try await environment(key.environmentID)
        let engine = try engineFor(environment)
        try await takeUpNames(of: environment, engine)
        var wanted = labels(of: environment)
        wanted[Label.stack] = key.stack
        wanted[Label.service] = key.service
        let containers = try await engine.containers(labels: wanted)
        return try await sight(of: key, containers, environment, engine)
    }

    /// Joins what was seen with what is recorded.
    func sight(
        of key: ServiceKey, _ containers: [ObservedContainer], _ environment: Environment, _ engine: any Engine,
        edgeIsFresh: Bool = false
    ) async throws -> Sight {
        let (records, specs, hasChanged) = try await records(of: key, in: environment, containers)
        let subjects = containers.compactMap { container -> HealthSubject? in
            guard container.state == .running, records[container.id]?.parkedAt == nil,
                let address = container.address,
                let check = container.spec(in: specs)?.healthCheck
            else { return nil }
            return .init(
                containerID: container.id, address: address, startedAt: container.startedAt, check: check)
        }
        await prober.watch(subjects, of: key)
        var health = await prober.records(of: key)
        for container in containers where container.spec(in: specs)?.isCheckedInside == true {
            health[container.id] = HealthRecord(engineSaysOf: container)
        }
        try await noteFitness(key, containers, health)
        // What drains has its time from when names no longer lead there.
        let isBehind = await names?.isBehind == true
        if hasChanged || isBehind { try await publishNames() }
        let edge = edgeIsFresh && !hasChanged ? edge.map { _ in lastEdge } : try await convergeEdge()
        return Sight(
            environment: environment, engine: engine, containers: containers, records: records, specs: specs,
            health: health, edge: edge)
    }

    /// What is recorded of the service's containers and of their kinds, after it was brought up to what is seen. Nothing
    /// is written where nothing changed: this is asked many times a second.
    private func records(
        of key: ServiceKey, in environment: Environment, _ containers: [ObservedContainer]
    ) async throws -> (records: [String: ContainerRecord], specs: [Int64: ServiceSpec], hasChanged: Bool) {
        let (recorded, specs) = try await store.read { db in
            var specs: [Int64: ServiceSpec] = [:]
            for generation in Set(containers.compactMap(\.generation)) {
                specs[generation] = try RolloutRecord.spec(db, generation: generation)
            }
            return (try ContainerRecord.all(db, of: key), specs)
        }
        var records = Dictionary(recorded.map { ($0.id, $0) }) { first, _ in first }
        // One that came back with another address is one that the edge must hear of, and who calls it by name.
        let shared = sharedNetwork(of: environment)
        let moved = containers.compactMap { container -> ContainerRecord? in
            guard var record = records[container.id], record.admittedAt != nil, let address = container.address,
                record.address != address || record.sharedAddress != container.addresses[shared]
            else { return nil }
            record.address = address
            record.sharedAddress = container.addresses[shared]
            return record
        }
        let gone = Set(records.keys).subtracting(containers.map(\.id))
        let hasChanged = !moved.isEmpty || !gone.isEmpty
        if hasChanged {
            try await store.write { db in
                for record in moved { try record.save(db) }
                for id in gone { try ContainerRecord.delete(db, id: id) }
            }
        }
        for record in moved { records[record.id] = record }
        for id in gone { records[id] = nil }
        return (records, specs, hasChanged)
    }

    /// Containers as `nextStep` wants them: in units.
    func members(
        _ sight: Sight, _ key: ServiceKey, goal: UnitGoal? = nil, other: UnitGoal? = nil
    ) -> [RolloutObservation.Member] {
        units(of: containers(sight, key), goal: goal?.kind, other: other?.kind)
    }

    private func containers(_ sight: Sight, _ key: ServiceKey) -> [SeenContainer] {
        let balancers = sight.edge?.balancerPlaces() ?? [:]
        return sight.containers.compactMap { container in
            guard let generation = container.generation, let slot = container.slot else { return nil }
            let record = sight.records[container.id]
            let isAdmitted = record?.admittedAt != nil
            let drainStart = drainStart(container.id, record)
            var member = RolloutObservation.Member(
                id: container.id, name: container.name, slot: slot, generation: generation, state: container.state,
                exitStatus: container.exitStatus, restarts: container.restarts, startedAt: container.startedAt,
                address: container.address, health: sight.health[container.id], isAdmitted: isAdmitted,
                isInEdge: isAdmitted, drainStartedAt: drainStart,
                isDrained: record?.drainStartedAt != nil, parkedAt: record?.parkedAt)
            let (sidekick, spec) = (container.labels[Label.sidekick], container.spec(in: sight.specs))
            // Names lead to services, which are their primaries; and so do balancers.
            let isTarget = sidekick == nil
            if isTarget {
                member.namedUntil = drainStart.flatMap { naming.namedUntil(since: $0, in: sight.environment.id) }
            }
            var seen = SeenContainer(member: member, sidekick: sidekick)
            seen.runsOnce = sidekick != nil && spec?.runsOnce == true
            seen.staysCreated = sidekick != nil && spec?.staysCreated == true
            guard let edge = sight.edge, let ports = spec?.edgePorts else { return seen }
            let name = EdgeConfiguration.serverName(generation: generation, slot: slot)
            let places = balancers[name] ?? []
            let servers = ports.map { port in
                let backend = EdgeConfiguration.name(environment: sight.environment.name, key: key, port: port)
                return edge.servers["\(backend)/\(name)"]
            }
            member.isInEdge =
                isAdmitted && servers.allSatisfy { $0?.isUp == true } && (!isTarget || places.allSatisfy(\.isReached))
            member.isDrained =
                member.drainStartedAt != nil && servers.allSatisfy { ($0?.open ?? 0) == 0 }
                && (!isTarget || places.allSatisfy { $0.open == 0 })
            seen.member = member
            return seen
        }
    }

    /// Since when a container has taken no new requests. What is recorded is the intent: a server that died before it
    /// told the edge left the container in use, and its open requests have their time from when the edge knows.
    private func drainStart(_ id: String, _ record: ContainerRecord?) -> Date? {
        guard let recorded = record?.drainStartedAt else {
            drainSeen[id] = nil
            return nil
        }
        let seen = drainSeen[id] ?? now()
        drainSeen[id] = seen
        return max(recorded, seen)
    }

    /// Everything that decides about a rollout's next step. An engine or an edge that doesn't answer is a fact too.
    func observe(_ record: RolloutRecord) async throws -> RolloutObservation {
        var seen = RolloutObservation(
            members: [], generation: record.generation ?? record.rollout.id,
            previousGeneration: record.previousGeneration, edge: edge != nil, cancelRequested: record.cancelRequested,
            problem: record.problem)
        if let goal = record.goal, let other = record.other, goal.generation != other.generation {
            seen.keepsPrimary = goal.parts.primary == other.parts.primary
        }
        guard record.rollout.state != .queued else { return seen }
        do {
            let sight = try await look(at: record.key)
            seen.members = members(sight, record.key, goal: record.goal, other: record.other)
            if let ports = record.goal?.spec.unitEdgePorts, let refused = sight.edge?.refused, !refused.isEmpty {
                let names = ports.map {
                    EdgeConfiguration.name(environment: sight.environment.name, key: record.key, port: $0)
                }
                seen.problem = seen.problem ?? names.compactMap { refused[$0] }.first
            }
            if let goal = record.goal, !record.isRemoval {
                seen.placement = try await placement(
                    of: goal.spec, generation: goal.generation, record.key, in: sight.environment, on: sight.engine)
            }
            if let goal = record.goal, isShort(of: goal, seen) {
                seen.imageReady = try await imagesToPull(of: goal, record, on: sight.engine).isEmpty
            }
        } catch let failure as Failure {
            try Task.checkCancellation()
            seen.unavailable = failure.cause.map { "\(failure.message) (\($0))" } ?? failure.message
        }
        return seen
    }

    /// Whether fewer containers of the goal are there than shall be, so that its image may be needed.
    private func isShort(of goal: UnitGoal, _ seen: RolloutObservation) -> Bool {
        let count = seen.members.count { $0.generation == goal.generation && $0.parkedAt == nil && $0.isWhole }
        return count < goal.spec.slots(in: seen.placement).count
    }

    /// Images of the parts that a rollout brings in which the engine hasn't got, or which shall be pulled whatever it has.
    func imagesToPull(of goal: UnitGoal, _ record: RolloutRecord, on engine: any Engine) async throws -> [String] {
        let needs = ImageNeeds(
            of: goal, pullsAll: record.rollout.options.pull == true,
            isFirst: record.rollout.state == .rolling && record.pulledAt == nil)
        var images = needs.pulled
        for image in needs.present where try await engine.image(image) == nil { images.append(image) }
        return images
    }
}

extension ObservedContainer {
    var generation: Int64? { labels[Label.rollout].flatMap { Int64($0) } }
    var slot: Int? { labels[Label.index].flatMap { Int($0) } }
    var revision: SHA? { labels[Label.revision].flatMap { SHA($0) } }

    /// What it was made from, where the specs of the service are known by their generations.
    func spec(in specs: [Int64: ServiceSpec]) -> ServiceSpec? {
        generation.flatMap { specs[$0] }?.part(labels[Label.sidekick])
    }
}
