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

        func name(of id: String) -> String { members.first { $0.id == id }?.name ?? String(id.prefix(12)) }
    }

    /// Creates the container of a slot, or finds it there.
    func create(_ spec: ServiceSpec, generation: Int64, slot: Int, _ scene: Scene) async throws -> String {
        let key = scene.key
        let (origin, aliases) = try await store.read { db in
            let origin = try RolloutRecord.find(db, id: generation)?.rollout
            var specs = try ServiceRecord.all(db, environment: key.environmentID, stack: key.stack).map(\.spec)
            specs += try RolloutRecord.fetch(
                db, where: "environmentID = ? AND stack = ? AND state IN \(RolloutRecord.open)",
                [key.environmentID, key.stack]
            ).map(\.rollout.spec)
            return (origin, specs.flatMap { $0.linkAliases(of: key.service) })
        }
        let identity = ContainerIdentity(
            instance: instance, environment: scene.environment.name, stack: key.stack, generation: generation,
            slot: slot, deployID: origin?.deployID, revision: origin?.revision)
        let spec = origin?.spec ?? spec
        let plan = ContainerPlan(
            of: spec, at: identity, edge: edge != nil, linkAliases: aliases,
            secretVariables: try await secretVariables(of: spec, scene))
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
        _ = try await scene.engine.create(plan)
        return plan.name
    }

    /// The service's variables that hold secrets, opened.
    private func secretVariables(of spec: ServiceSpec, _ scene: Scene) async throws -> [String: String] {
        guard let used = spec.secrets, !used.variables.isEmpty else { return [:] }
        let given = try await secrets.given(used, scene.environment)
        return try used.variables.mapValues { try $0.revealed(with: given) }
    }

    /// Puts the service's secrets that are files into a container that is about to start: at the start and not when it
    /// is created, so that a crash between the two leaves none without them.
    private func writeSecrets(into id: String, _ scene: Scene) async throws {
        guard let member = scene.members.first(where: { $0.id == id }) else { return }
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
        try await scene.engine.write(files, into: id)
    }

    /// Starts a container; one that was parked isn't any more.
    func start(_ id: String, _ scene: Scene) async throws {
        try await writeSecrets(into: id, scene)
        try await scene.engine.start(id)
        try await change(id, scene) { $0.parkedAt = nil }
    }

    /// Lets requests reach a container.
    func admit(_ id: String, _ scene: Scene) async throws {
        var wanted = labels(of: scene.environment)
        wanted[Label.stack] = scene.key.stack
        wanted[Label.service] = scene.key.service
        let address = try await scene.engine.containers(labels: wanted)
            .first { $0.id == id }?.address
        let now = now()
        try await change(id, scene) { record in
            record.admittedAt = now
            record.drainStartedAt = nil
            record.address = address
        }
        try await convergeEdge()
    }

    /// Lets no new request reach a container.
    func drain(_ id: String, _ scene: Scene) async throws {
        let now = now()
        try await change(id, scene) { $0.drainStartedAt = now }
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
    }

    /// Stops and removes a container.
    func remove(_ id: String, grace: Int, _ scene: Scene) async throws {
        try await change(id, scene) { record in
            record.admittedAt = nil
            record.drainStartedAt = nil
        }
        try await convergeEdge()
        if scene.members.first(where: { $0.id == id })?.isUp == true {
            try await scene.engine.stop(id, grace: grace)
        }
        try await scene.engine.remove(id)
        try await store.write { try ContainerRecord.delete($0, id: id) }
    }

    /// Changes what is recorded of a container, and tells who follows the environment.
    private func change(
        _ id: String, _ scene: Scene, _ body: @Sendable (inout ContainerRecord) -> Void
    ) async throws {
        guard let member = scene.members.first(where: { $0.id == id }) else {
            throw Failure(.internal, "The container \(id) of \(scene.key) was not seen before it was changed")
        }
        let key = scene.key
        try await store.write { db in
            let known = try ContainerRecord.all(db, of: key).first { $0.id == id }
            var record =
                known ?? ContainerRecord(id: id, key: key, generation: member.generation, slot: member.slot)
            body(&record)
            try record.save(db)
            try Store.log("environment/\(key.environmentID)", "container", in: db)
        }
    }
}
