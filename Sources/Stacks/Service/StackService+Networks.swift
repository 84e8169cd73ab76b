import Engines
import Model
import Store

extension StackService {
    /// Makes a network unless it is there, and says which addresses may be chosen in it; nil where none can.
    @discardableResult
    func ensureNetwork(
        _ name: String, labels: [String: String], _ engine: any Engine
    ) async throws -> NetworkAddresses? {
        if let addresses = try await engine.ensureAddressedNetwork(name, labels: labels) { return addresses }
        // Made before addresses could be chosen, or where none can.
        try await engine.ensureNetwork(name, labels: labels)
        return nil
    }

    /// Lets a container take part in the network that all stacks of the environment share, once there is somebody who may
    /// call it there: at its start and not when it is created, so that a crash between the two leaves none without its
    /// names; or while it runs, where others came after it.
    func attach(_ part: Member.Part, _ scene: Scene) async throws {
        let (key, environment) = (scene.key, scene.environment)
        let (spec, names) = try await store.read { db in
            (
                try RolloutRecord.spec(db, generation: part.generation)?.part(part.sidekick),
                try GivenNames(db, for: key)
            )
        }
        guard names.areUsed, let spec, spec.networkMode == nil, spec.networking?.sharedWith == nil else { return }
        let network = sharedNetwork(of: environment)
        let name = part.sidekick.map { "\($0).\(key.service)" } ?? spec.name
        let own = "\(name).\(key.stack)"
        try await ensureNetwork(network, labels: labels(of: environment), scene.engine)
        try await scene.engine.attach(
            part.id,
            to: NetworkAttachment(
                network: network, aliases: Set([own] + (part.sidekick == nil ? names.far : [])).sorted(),
                links: spec.farLinks(from: key.stack) + names.links))
    }

    /// Brings containers that were alone in the environment when they started into the network that all share.
    func bringTogether(_ containers: [ObservedContainer], _ scene: Scene) async throws {
        let network = sharedNetwork(of: scene.environment)
        let own = ContainerIdentity.network(of: scene.key.stack, in: scene.environment.name)
        let alone = containers.filter {
            $0.state == .running && $0.addresses[own] != nil && $0.addresses[network] == nil
        }.map(\.id)
        guard !alone.isEmpty else { return }
        let names = try await store.read { try GivenNames($0, for: scene.key) }
        guard names.areUsed else { return }
        for part in scene.members.flatMap(\.containers) where alone.contains(part.id) {
            try await attach(part, scene)
        }
    }
}
