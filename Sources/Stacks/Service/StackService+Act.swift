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

    /// Creates the container of a slot and starts it. Where a crash comes between the two, the next look finds it created.
    func bringUp(_ spec: ServiceSpec, generation: Int64, slot: Int, _ scene: Scene) async throws {
        let member = try await create(spec, generation: generation, slot: slot, scene)
        let created = Rollout.Entry(at: now(), text: "created \(member.name)")
        var scene = scene
        scene.members.append(member)
        try await start(member.id, scene, after: created)
    }

    /// Creates the container of a slot, or finds it there.
    private func create(_ spec: ServiceSpec, generation: Int64, slot: Int, _ scene: Scene) async throws -> Member {
        let key = scene.key
        let (origin, names) = try await store.read { db in
            (try RolloutRecord.find(db, id: generation)?.rollout, try GivenNames(db, for: key))
        }
        let identity = ContainerIdentity(
            instance: instance, environment: scene.environment.name, stack: key.stack, generation: generation,
            slot: slot, deployID: origin?.deployID, revision: origin?.revision)
        let spec = origin?.spec ?? spec
        var plan = ContainerPlan(
            of: spec, at: identity, edge: edge != nil, otherNames: names.near,
            secretVariables: try await secretVariables(of: spec, scene))
        if plan.network == identity.network { plan.extraHosts += names.hosts }
        if plan.network == identity.network {
            var labels = labels(of: scene.environment)
            labels[Label.stack] = key.stack
            try await scene.engine.ensureNetwork(plan.network, labels: labels)
        }
        for volume in plan.volumes where !volume.isBind {
            guard let name = volume.source else { continue }
            var labels = labels(of: scene.environment)
            labels[Label.stack] = key.stack
            try await scene.engine.ensureVolume(name, labels: labels)
        }
        let id = try await scene.engine.create(plan)
        return Member(id: id, name: plan.name, slot: slot, generation: generation, state: .created)
    }

    /// The service's variables that hold secrets, opened.
    private func secretVariables(of spec: ServiceSpec, _ scene: Scene) async throws -> [String: String] {
        guard let used = spec.secrets, !used.variables.isEmpty else { return [:] }
        let given = try await secrets.given(used, scene.environment)
        return try used.variables.mapValues { try $0.revealed(with: given) }
    }

    /// Puts the service's secrets that are files into a container that is about to start: at the start and not when it
    /// is created, so that a crash between the two leaves none without them.
    private func writeSecrets(into member: Member, _ scene: Scene) async throws {
        let used = try await store.read { db in
            try RolloutRecord.find(db, id: member.generation)?.rollout.spec.secrets
        }
        guard let used, !used.files.isEmpty else { return }
        let given = try await secrets.given(used, scene.environment)
        let files = try used.files.map { file in
            ContainerFile(
                path: file.target, bytes: Array(try SecretText([.secret(file.source)]).revealed(with: given).utf8),
                uid: file.uid, gid: file.gid, mode: file.mode)
        }
        try await scene.engine.write(files, into: member.id)
    }

    /// Starts a container; one that was parked isn't any more.
    func start(_ id: String, _ scene: Scene, after earlier: Rollout.Entry? = nil) async throws {
        try await writeSecrets(into: try scene.member(id), scene)
        try await attach(try scene.member(id), scene)
        try await scene.engine.start(id)
        try await change(id, scene, saying: "started \(scene.name(of: id))", after: earlier) { $0.parkedAt = nil }
    }

    /// Lets requests reach a container.
    func admit(_ id: String, _ scene: Scene) async throws {
        let (now, member) = (now(), try scene.member(id))
        try await change(id, scene, saying: admission(of: member)) { record in
            record.admittedAt = now
            record.drainStartedAt = nil
            record.address = member.address
        }
        try await convergeEdge()
    }

    private func admission(of member: Member) -> String {
        let age = member.startedAt.map { Int(now().timeIntervalSince($0) * 10) } ?? 0
        let time = "after \(age / 10).\(age % 10) s"
        guard let last = member.health?.last else { return "\(member.name) runs \(time) and takes requests" }
        return "\(member.name) is healthy \(time) (\(last.text)) and takes requests"
    }

    /// Lets no new request reach a container.
    func drain(_ id: String, _ scene: Scene) async throws {
        let now = now()
        try await change(id, scene, saying: "\(scene.name(of: id)) takes no new requests") { $0.drainStartedAt = now }
        try await convergeEdge()
    }

    /// Stops a container and keeps it for a rollback. Recorded first, out of the edge next, stopped last.
    func park(_ id: String, grace: Int, _ scene: Scene) async throws {
        let now = now()
        try await change(id, scene) { record in
            record.parkedAt = record.parkedAt ?? now
            record.admittedAt = nil
            record.drainStartedAt = nil
        }
        try await convergeEdge()
        try await scene.engine.stop(id, grace: grace)
        try await note("stopped \(scene.name(of: id)), kept for a rollback", scene)
    }

    /// Stops and removes a container.
    func remove(_ id: String, grace: Int, _ scene: Scene) async throws {
        try await change(id, scene) { record in
            record.admittedAt = nil
            record.drainStartedAt = nil
        }
        try await convergeEdge()
        if try scene.member(id).isUp { try await scene.engine.stop(id, grace: grace) }
        try await scene.engine.remove(id)
        let entry = Rollout.Entry(at: now(), text: "removed \(scene.name(of: id))")
        try await store.write { db in
            try ContainerRecord.delete(db, id: id)
            try Self.note([entry], of: scene.rolloutID, db)
        }
    }

    // MARK: Records

    /// Changes what is recorded of a container, with what the rollout's log says of it, and tells who follows the
    /// environment. Where nothing changes, nothing is written.
    private func change(
        _ id: String, _ scene: Scene, saying text: String? = nil, after earlier: Rollout.Entry? = nil,
        _ body: @Sendable (inout ContainerRecord) -> Void
    ) async throws {
        let (key, member) = (scene.key, try scene.member(id))
        let entries = [earlier, text.map { Rollout.Entry(at: now(), text: $0) }].compactMap(\.self)
        try await store.write { db in
            let known = try ContainerRecord.all(db, of: key).first { $0.id == id }
            let before =
                known ?? ContainerRecord(id: id, key: key, generation: member.generation, slot: member.slot)
            var record = before
            body(&record)
            try Self.note(entries, of: scene.rolloutID, db)
            guard record != before else { return }
            try record.save(db)
            try Store.log("environment/\(key.environmentID)", "container", in: db)
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
