import Engines
import Stacks

/// The simulated engine as the server reaches it: every call goes through the world, where it may go wrong.
struct FaultyEngine: Engine {
    let real: SimulatedEngine
    let world: Run

    func info() async throws -> EngineInfo {
        try await world.call(SimulatedCall(.info)) { try await real.info() }
    }

    var hasSeveralHosts: Bool { real.hasSeveralHosts }

    func hosts() async throws -> [EngineHost] {
        try await world.call(SimulatedCall(.hosts)) { try await real.hosts() }
    }

    func containers(labels: [String: String]) async throws -> [ObservedContainer] {
        let left = await world.left
        return try await world.call(SimulatedCall(.containers)) {
            try await real.containers(labels: labels).filter { !left.contains($0.id) }
        }
    }

    func create(_ plan: ContainerPlan) async throws -> String {
        try await world.call(SimulatedCall(.create, plan.name)) { try await real.create(plan) }
    }

    func start(_ id: String) async throws {
        try await world.call(SimulatedCall(.start, id)) { try await real.start(id) }
    }

    func attach(_ id: String, to attachment: NetworkAttachment) async throws {
        try await world.call(SimulatedCall(.attach, id)) { try await real.attach(id, to: attachment) }
    }

    func write(_ files: [ContainerFile], into id: String) async throws {
        try await world.call(SimulatedCall(.write, id)) { try await real.write(files, into: id) }
    }

    func stop(_ id: String, grace: Int) async throws {
        if await world.leaves(id) { return }
        try await world.call(SimulatedCall(.stop, id), grace: grace) { try await real.stop(id, grace: grace) }
    }

    func kill(_ id: String, signal: String) async throws {
        try await world.call(SimulatedCall(.kill, id)) { try await real.kill(id, signal: signal) }
    }

    func remove(_ id: String) async throws {
        if await world.leaves(id) { return }
        try await world.call(SimulatedCall(.remove, id)) { try await real.remove(id) }
    }

    func pull(_ reference: String, progress: @Sendable (String) -> Void) async throws {
        progress("Pulling \(reference)")
        try await world.call(SimulatedCall(.pull, reference)) { try await real.pull(reference) { _ in } }
    }

    func image(_ reference: String) async throws -> ObservedImage? {
        try await world.call(SimulatedCall(.image, reference)) { try await real.image(reference) }
    }

    func removeImage(_ reference: String) async throws {
        try await world.call(SimulatedCall(.removeImage, reference)) { try await real.removeImage(reference) }
    }

    func ensureImage(_ name: String, files: @Sendable () throws -> [ContainerFile]) async throws {
        let files = try files()
        try await world.call(SimulatedCall(.makeImage, name)) { try await real.ensureImage(name) { files } }
    }

    func ensureNetwork(_ name: String, labels: [String: String]) async throws {
        try await world.call(SimulatedCall(.ensureNetwork, name)) {
            try await real.ensureNetwork(name, labels: labels)
        }
    }

    func removeNetwork(_ name: String) async throws {
        try await world.call(SimulatedCall(.removeNetwork, name)) { try await real.removeNetwork(name) }
    }

    func ensureAddressedNetwork(_ name: String, labels: [String: String]) async throws -> NetworkAddresses? {
        try await world.call(SimulatedCall(.ensureNetwork, name)) {
            try await real.ensureAddressedNetwork(name, labels: labels)
        }
    }

    func ensureVolume(_ volume: EngineVolume) async throws {
        try await world.call(SimulatedCall(.ensureVolume, volume.name)) { try await real.ensureVolume(volume) }
    }

    func hasVolume(_ name: String) async throws -> Bool {
        try await world.call(SimulatedCall(.volume, name)) { try await real.hasVolume(name) }
    }

    func logs(
        _ id: String, follow: Bool, tail: Int?, timestamps: Bool
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        try await real.logs(id, follow: follow, tail: tail, timestamps: timestamps)
    }

    func events() async throws -> AsyncThrowingStream<Void, any Error> { try await real.events() }
}

/// The edge and the prober as the server reaches them.
struct EdgeOfWorld: LoadBalancer {
    let world: Run

    func converge(_ load: @Sendable () async throws -> EdgeConfiguration) async throws -> EdgeState {
        try await world.converge(load)
    }

    func stop() async {}
}

struct ProberOfWorld: HealthProbing {
    let world: Run

    func watch(_ subjects: [HealthSubject], of key: ServiceKey) async { await world.watch(subjects, of: key) }
    func records(of key: ServiceKey) async -> [String: HealthRecord] { await world.records(of: key) }
    func stop() async {}
}

/// What every call throws once the server is dead.
struct ServerDied: Error {}
