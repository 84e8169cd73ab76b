import Engines
import Foundation
import GRDB
import Model
import Store

extension StackService {
    typealias Member = RolloutObservation.Member

    /// Where acts on a service's containers are carried out.
    struct Scene {
        var key: ServiceKey
        var environment: Environment
        var engine: any Engine
        var members: [Member]
        /// Whose log says what was done; nil for a repair.
        var rolloutID: Int64?

        func name(of id: String) -> String { members.first { $0.id == id }?.name ?? String(id.prefix(12)) }

        /// Throws `.internal` for one that was not seen.
        func member(_ id: String) throws -> Member {
            guard let member = members.first(where: { $0.id == id }) else {
                throw Failure(.internal, "The container \(id) of \(key) was not seen before it was changed")
            }
            return member
        }
    }

    /// Creates what is missing of a slot's unit and starts it. Where a crash comes between the two, the next look finds it
    /// created.
    func bringUp(_ goal: UnitGoal, slot: Int, _ scene: Scene) async throws {
        let known = scene.members.first { $0.generation == goal.generation && $0.slot == slot }
        var there = Dictionary(
            (known?.containers ?? []).filter { $0.state != .removing && $0.state != .dead }.map { ($0.sidekick, $0) },
            uniquingKeysWith: { first, _ in first })
        var entries: [Rollout.Entry] = []
        for part in goal.spec.partsToMake(standing: Set(there.keys.map { $0 ?? goal.spec.name })) {
            let sidekick = goal.spec.sidekickName(of: part)
            if let outlived = there[sidekick] { try await scene.engine.remove(outlived.id) }
            let container = try await create(part, sidekick, goal, slot: slot, scene)
            there[sidekick] = container
            entries.append(Rollout.Entry(at: now(), text: "created \(container.name)"))
        }
        guard let primary = there[nil] else { return }
        if goal.spec.staysCreated {
            return try await store.write { [entries] db in try Self.note(entries, of: scene.rolloutID, db) }
        }
        var unit =
            known
            ?? Member(
                id: primary.id, name: primary.name, slot: slot, generation: goal.generation, state: .created)
        (unit.id, unit.name) = (primary.id, primary.name)
        unit.parts = goal.spec.partsInOrder.compactMap { there[goal.spec.sidekickName(of: $0)] }
        var scene = scene
        scene.members.removeAll { $0.id == unit.id || $0.id == known?.id }
        scene.members.append(unit)
        try await start(unit.id, scene, after: entries)
    }

    /// Creates one container of a slot's unit, or finds it there.
    private func create(
        _ part: ServiceSpec, _ sidekick: String?, _ goal: UnitGoal, slot: Int, _ scene: Scene
    ) async throws -> Member.Part {
        let (key, generation) = (scene.key, goal.parts[sidekick] ?? goal.generation)
        let (origin, names) = try await store.read { db in
            (try RolloutRecord.find(db, id: generation)?.rollout, try GivenNames(db, for: key))
        }
        var identity = ContainerIdentity(
            instance: instance, environment: scene.environment.name, stack: key.stack, generation: generation,
            slot: slot, deployID: origin?.deployID, revision: origin?.revision)
        identity.primary = sidekick == nil ? nil : key.service
        let host = try await host(for: slot, of: goal.spec, generation: goal.generation, scene)
        let spec = origin?.spec.part(sidekick) ?? part
        var plan = ContainerPlan(
            of: spec, at: identity, edge: edge != nil, otherNames: sidekick == nil ? names.near : [],
            secretVariables: try await secretVariables(of: spec, scene),
            neighbours: goal.spec.sidekicks == nil ? [:] : neighbours(identity, goal))
        plan.host = host
        if plan.network == identity.network {
            plan.extraHosts += names.hosts
            if let server = try await nameServer(in: scene.environment, scene.engine) {
                plan.ask(
                    server, as: sidekick == nil ? key.service : nil, of: key.stack,
                    searching: NameSettings.searchDomains())
            }
            var labels = labels(of: scene.environment)
            labels[Label.stack] = key.stack
            if spec.retainIP, sidekick == nil {
                plan.address = try await keptAddress(slot: slot, network: plan.network, labels: labels, scene)
            } else {
                try await ensureNetwork(plan.network, labels: labels, scene.engine)
            }
        }
        try await ensureVolumes(of: spec, at: identity, scene)
        let id = try await scene.engine.create(plan)
        return Member.Part(
            id: id, name: plan.name, sidekick: sidekick, generation: generation, state: .created,
            staysCreated: sidekick != nil && spec.staysCreated)
    }

    /// Names of a unit's containers, by service.
    private func neighbours(_ identity: ContainerIdentity, _ goal: UnitGoal) -> [String: String] {
        goal.kind.names.reduce(into: [:]) { names, sidekick in
            var identity = identity
            identity.generation = goal.parts[sidekick] ?? goal.generation
            identity.primary = sidekick == nil ? nil : goal.spec.name
            let service = sidekick ?? goal.spec.name
            names[service] = identity.name(of: service)
        }
    }

    /// The service's variables that hold secrets, opened.
    private func secretVariables(of spec: ServiceSpec, _ scene: Scene) async throws -> [String: String] {
        guard let used = spec.secrets, !used.variables.isEmpty else { return [:] }
        let given = try await secrets.given(used, scene.environment)
        return try used.variables.mapValues { try $0.revealed(with: given) }
    }

    /// Puts the service's configurations, and its secrets that are files, into a container that is about to start: at the
    /// start and not when it is created, so that a crash between the two leaves none without them.
    private func writeFiles(into part: Member.Part, _ scene: Scene) async throws {
        let spec = try await store.read { db in
            try RolloutRecord.spec(db, generation: part.generation)?.part(part.sidekick)
        }
        if let files = spec?.configFiles, !files.isEmpty { try await scene.engine.write(files, into: part.id) }
        guard let used = spec?.secrets, !used.files.isEmpty else { return }
        let given = try await secrets.given(used, scene.environment)
        let files = try used.files.map { file in
            ContainerFile(
                path: file.target, bytes: Array(try SecretText([.secret(file.source)]).revealed(with: given).utf8),
                uid: file.uid, gid: file.gid, mode: file.mode)
        }
        try await scene.engine.write(files, into: part.id)
    }

    /// Starts what doesn't run of a unit, in its order; one that was parked isn't any more.
    func start(_ id: String, _ scene: Scene, after earlier: [Rollout.Entry] = []) async throws {
        let member = try scene.member(id)
        var entries = earlier
        for part in try await inOrder(member, scene) where !part.isUp && !part.isDone {
            try await writeFiles(into: part, scene)
            try await attach(part, scene)
            do {
                try await scene.engine.start(part.id)
            } catch let failure as Failure where failure.code == .conflict {
                return try await giveUp(part, of: member, failure, scene, after: entries)
            }
            entries.append(Rollout.Entry(at: now(), text: "started \(part.name)"))
        }
        try await change(member, scene, saying: entries) { $0.parkedAt = nil }
    }

    /// Removes a part that the engine can't start any more: the next look finds it missing, and makes it anew with those
    /// that stand on it.
    private func giveUp(
        _ part: Member.Part, of member: Member, _ failure: Failure, _ scene: Scene, after earlier: [Rollout.Entry]
    ) async throws {
        try await change(member, scene, saying: earlier) { $0.parkedAt = nil }
        try await scene.engine.remove(part.id)
        let entry = Rollout.Entry(at: now(), text: "removed \(part.name): \(failure.message)")
        try await store.write { db in
            try ContainerRecord.delete(db, id: part.id)
            try Self.note([entry], of: scene.rolloutID, db)
        }
    }

    /// The containers of a unit in the order in which they can start.
    private func inOrder(_ member: Member, _ scene: Scene) async throws -> [Member.Part] {
        guard member.parts.count > 1 else { return member.containers }
        let spec = try await store.read { try RolloutRecord.spec($0, generation: member.generation) }
        let order = spec.map { spec in spec.partsInOrder.map(spec.sidekickName) } ?? []
        return member.containers.sorted { one, other in
            (order.firstIndex(of: one.sidekick) ?? 0) < (order.firstIndex(of: other.sidekick) ?? 0)
        }
    }

    /// Lets requests reach a unit.
    func admit(_ id: String, _ scene: Scene) async throws {
        let (now, member) = (now(), try scene.member(id))
        let parts = member.containers
        try await change(member, scene, saying: [Rollout.Entry(at: now, text: admission(of: member))]) { record in
            record.admittedAt = now
            record.drainStartedAt = nil
            // The server may have died, or the engine, between this being recorded and its stop.
            record.parkedAt = nil
            let address = parts.first { $0.id == record.id }?.address
            // One that was started again has others; that in the shared network is told by the next look.
            if record.address != address { record.sharedAddress = nil }
            record.address = address
        }
        try await converge()
    }

    private func admission(of member: Member) -> String {
        let age = member.startedAt.map { Int(now().timeIntervalSince($0) * 10) } ?? 0
        let time = "after \(age / 10).\(age % 10) s"
        guard let last = member.health?.last else { return "\(member.name) runs \(time) and takes requests" }
        return "\(member.name) is healthy \(time) (\(last.text)) and takes requests"
    }

    /// Lets no new request reach a unit.
    func drain(_ id: String, _ scene: Scene) async throws {
        let (now, member) = (now(), try scene.member(id))
        let entry = Rollout.Entry(at: now, text: "\(member.name) takes no new requests")
        try await change(member, scene, saying: [entry]) { $0.drainStartedAt = now }
        try await converge()
    }

    /// Stops a unit and keeps it for a rollback. Recorded first, out of the edge next, stopped last. What the unit that
    /// follows it has too goes on.
    func park(_ id: String, grace: Int, _ scene: Scene) async throws {
        let (now, member) = (now(), try scene.member(id))
        let kept = Set(member.containers.filter(\.isKept).map(\.id))
        try await change(member, scene) { record in
            if !kept.contains(record.id) { record.parkedAt = record.parkedAt ?? now }
            record.admittedAt = nil
            record.drainStartedAt = nil
        }
        try await converge()
        for part in member.containers where !part.isKept {
            try await scene.engine.stop(part.id, grace: grace)
            try await note("stopped \(part.name), kept for a rollback", scene)
        }
    }

    /// Stops and removes a unit, but for what the one that follows it has too.
    func remove(_ id: String, grace: Int, _ scene: Scene) async throws {
        let member = try scene.member(id)
        try await change(member, scene) { record in
            record.admittedAt = nil
            record.drainStartedAt = nil
        }
        try await converge()
        for part in member.containers where !part.isKept {
            if part.isUp { try await scene.engine.stop(part.id, grace: grace) }
            try await scene.engine.remove(part.id)
            let entry = Rollout.Entry(at: now(), text: "removed \(part.name)")
            try await store.write { db in
                try ContainerRecord.delete(db, id: part.id)
                try Self.note([entry], of: scene.rolloutID, db)
            }
        }
    }

    // MARK: Records

    /// Changes what is recorded of a unit's containers, with what the rollout's log says of it, and tells who follows
    /// the environment. Where nothing changes, nothing is written.
    private func change(
        _ member: Member, _ scene: Scene, saying entries: [Rollout.Entry] = [],
        _ body: @Sendable (inout ContainerRecord) -> Void
    ) async throws {
        let key = scene.key
        try await store.write { db in
            let known = try ContainerRecord.all(db, of: key)
            var isNews = false
            for part in member.containers {
                let before =
                    known.first { $0.id == part.id }
                    ?? ContainerRecord(
                        id: part.id, key: key, generation: part.generation, slot: member.slot,
                        sidekick: part.sidekick)
                var record = before
                body(&record)
                guard record != before else { continue }
                try record.save(db)
                isNews = true
            }
            try Self.note(entries, of: scene.rolloutID, db)
            if isNews { try Store.log("environment/\(key.environmentID)", "container", in: db) }
        }
    }

    private func note(_ text: String, _ scene: Scene) async throws {
        let entry = Rollout.Entry(at: now(), text: text)
        try await store.write { try Self.note([entry], of: scene.rolloutID, $0) }
    }

    private static func note(_ entries: [Rollout.Entry], of rolloutID: Int64?, _ db: Database) throws {
        guard let rolloutID else { return }
        for entry in entries { try RolloutRecord.note(db, rolloutID, entry.text, at: entry.at) }
    }
}
