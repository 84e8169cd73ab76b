public import struct Foundation.Date
import Model

/// An engine in memory, for tests and for trying a plan: it does what ``Engine`` promises, and fails where it is told.
///
/// Nothing happens by itself between calls: what time brings (a container that exits) is worked out from the clock
/// whenever someone looks, so a test owns time.
public actor SimulatedEngine: Engine {
    /// Called with each call; what it throws, the call throws.
    public typealias Hook = @Sendable (SimulatedCall) async throws -> Void

    /// Every call so far, in order, those that failed included.
    public private(set) var calls: [SimulatedCall] = []
    /// Names of the networks that exist.
    public private(set) var networks: Set<String> = ["bridge", "host", "none"]
    /// Named volumes that exist, by name.
    public private(set) var volumes: [String: EngineVolume] = [:]

    public nonisolated let hasSeveralHosts: Bool
    var machines: [EngineHost]
    private let now: @Sendable () -> Date
    var containers: [String: SimulatedContainer] = [:]
    private var images: [String: ObservedImage]
    private var registry: [String: ObservedImage] = [:]
    private var behaviours: [String: SimulatedBehaviour] = [:]
    private var listeners: [Int: AsyncThrowingStream<Void, any Error>.Continuation] = [:]
    /// Images of which the next container to be started can't be.
    private var losing: Set<String> = []
    private var before: Hook?
    private var after: Hook?
    private var isDown = false
    private var count = 0

    /// - Parameters:
    ///   - images: references of images that are here from the start.
    ///   - hosts: the machines that it has; none means that it is one machine by itself.
    ///   - now: the clock.
    public init(
        images: [String] = [], hosts: [EngineHost] = [], now: @escaping @Sendable () -> Date = { Date() }
    ) {
        hasSeveralHosts = !hosts.isEmpty
        machines = hosts.isEmpty ? [EngineHost(id: "1", name: "simulated")] : hosts
        self.now = now
        self.images = Dictionary(images.map { ($0, Self.makeImage($0)) }) { first, _ in first }
    }
}

// MARK: - What a test sets and sees

extension SimulatedEngine {
    /// Makes an image present.
    public func addImage(_ reference: String) { images[reference] = Self.makeImage(reference) }

    /// Makes an image absent here; containers of it live on.
    public func removeImage(_ reference: String) { images[reference] = nil }

    /// Makes an image one that can be pulled.
    public func addToRegistry(_ reference: String) { registry[reference] = Self.makeImage(reference) }

    /// What containers of that image, or the container of that name (which goes first), do from their next start on.
    public func set(_ behaviour: SimulatedBehaviour, for imageOrName: String) {
        behaviours[imageOrName] = behaviour
    }

    /// That container can't be started any more.
    public func loseHold(of idOrName: String) {
        guard let id = find(idOrName) else { return }
        containers[id]?.isLost = true
    }

    /// The next container of that image that is started can't be, now or ever.
    public func loseHold(ofFirst image: String) { losing.insert(image) }

    /// Called before each call takes effect.
    public func setHook(before hook: Hook?) { before = hook }

    /// Called after each call took effect: throwing makes an answer that is lost on its way.
    public func setHook(after hook: Hook?) { after = hook }

    /// While true every call throws `.unavailable` and event streams have ended.
    public func setDown(_ down: Bool) {
        isDown = down
        guard down else { return }
        for listener in listeners.values {
            listener.finish(throwing: Failure(.unavailable, "The simulated engine went away"))
        }
        listeners = [:]
    }

    /// The container's process ends by itself; its restart policy is not asked.
    public func crash(_ idOrName: String, status: Int) {
        guard let id = find(idOrName) else { return }
        containers[id]?.end(status: status)
        notify()
    }

    /// The container's process ends by itself, and its restart policy starts it again at once.
    public func crashAndRestart(_ idOrName: String, status: Int) {
        guard let id = find(idOrName), containers[id]?.isRunning == true else { return }
        containers[id]?.restart(at: now(), status: status, address: freeAddress)
        notify()
    }

    /// Someone else removes the container.
    public func vanish(_ idOrName: String) {
        guard let id = find(idOrName) else { return }
        containers[id]?.end(status: 137)
        containers[id] = nil
        notify()
    }

    /// Gives the container output.
    public func write(_ bytes: [UInt8], to idOrName: String) {
        guard let id = find(idOrName) else { return }
        containers[id]?.output += bytes
        for follower in containers[id]?.followers ?? [] { follower.yield(bytes) }
    }

    /// All containers as they are now, oldest first; not in the log of calls.
    public func snapshot() -> [ObservedContainer] {
        advance()
        return containers.values.map(\.observed).sorted { $0.id < $1.id }
    }

    /// What the container was created from.
    public func plan(of idOrName: String) -> ContainerPlan? {
        find(idOrName).flatMap { containers[$0]?.plan }
    }

    /// What was written into the container, by path.
    public func files(in idOrName: String) -> [String: ContainerFile] {
        find(idOrName).flatMap { containers[$0]?.files } ?? [:]
    }

    /// Empties the log of calls.
    public func forgetCalls() { calls = [] }
}

// MARK: - Engine

extension SimulatedEngine {
    public func info() async throws -> EngineInfo {
        try await perform(.info) {
            EngineInfo(name: "Simulated Engine", hostName: "simulated", processors: 2, memory: 4 << 30)
        }
    }

    public func hosts() async throws -> [EngineHost] {
        try await perform(.hosts) { machines }
    }

    public func containers(labels: [String: String]) async throws -> [ObservedContainer] {
        try await perform(.containers) {
            containers.values.map(\.observed)
                .filter { container in
                    isReached(container.host) && labels.allSatisfy { container.labels[$0.key] == $0.value }
                }
                .sorted { $0.id > $1.id }
        }
    }

    public func create(_ plan: ContainerPlan) async throws -> String {
        try await perform(.create, plan.name) {
            if let id = find(plan.name), let existing = containers[id]?.observed {
                return try plan.adopting(existing)
            }
            guard let image = images[plan.image] else {
                throw Failure(.notFound, "The image \(plan.image) isn't here", hint: "Pull it first.")
            }
            let host = try host(for: plan)
            count += 1
            let id = Self.identifier(count)
            var observed = ObservedContainer(
                id: id, name: plan.name, image: plan.image, imageID: image.id, labels: plan.labels, state: .created,
                createdAt: now())
            observed.host = host
            containers[id] = SimulatedContainer(plan: plan, observed: observed, behaviour: .runs)
            return id
        }
    }

    public func start(_ id: String) async throws {
        try await perform(.start, name(of: id)) {
            guard let key = find(id), let container = containers[key] else {
                throw Failure(.notFound, "There is no container \(id)")
            }
            guard !container.isRunning else { return }
            let plan = container.plan
            if losing.remove(plan.image) != nil { containers[key]?.isLost = true }
            guard containers[key]?.isLost == false else {
                throw Failure(.conflict, "The simulated engine has lost hold of the container \(plan.name)")
            }
            guard networks.contains(plan.network) || plan.network.hasPrefix("container:") else {
                throw Failure(.notFound, "There is no network \(plan.network)")
            }
            let behaviour = behaviours[plan.name] ?? behaviours[plan.image] ?? .runs
            if case .failsToStart(let message) = behaviour {
                containers[key]?.observed.exitStatus = 128
                throw Failure(.failed, "The container \(plan.name) doesn't start", cause: message)
            }
            if let address = plan.address,
                let other = containers.values.first(where: { $0.isRunning && $0.observed.address == address })
            {
                throw Failure(.failed, "The address \(address) is that of \(other.plan.name)")
            }
            containers[key]?.behaviour = behaviour
            containers[key]?.start(at: now(), address: freeAddress)
            notify()
        }
    }

    public func attach(_ id: String, to attachment: NetworkAttachment) async throws {
        try await perform(.attach, name(of: id)) {
            guard let key = find(id) else { throw Failure(.notFound, "There is no container \(id)") }
            guard networks.contains(attachment.network) else {
                throw Failure(.notFound, "There is no network \(attachment.network)")
            }
            guard containers[key]?.attachments.insert(attachment.network).inserted == true,
                containers[key]?.isRunning == true
            else { return }
            containers[key]?.observed.addresses[attachment.network] = freeAddress()
        }
    }

    public func write(_ files: [ContainerFile], into id: String) async throws {
        try await perform(.write, name(of: id)) {
            guard let key = find(id) else { throw Failure(.notFound, "There is no container \(id)") }
            for file in files { containers[key]?.files[file.path] = file }
        }
    }

    public func stop(_ id: String, grace: Int) async throws {
        try await perform(.stop, name(of: id)) { endByHand(id, status: 143) }
    }

    public func kill(_ id: String, signal: String) async throws {
        try await perform(.kill, name(of: id)) { endByHand(id, status: signal == "KILL" ? 137 : 143) }
    }

    public func remove(_ id: String) async throws {
        try await perform(.remove, name(of: id)) {
            endByHand(id, status: 137)
            guard let key = find(id) else { return }
            containers[key] = nil
            notify()
        }
    }

    public func pull(_ reference: String, progress: @Sendable (String) -> Void) async throws {
        try await perform(.pull, reference) {
            guard let image = registry[reference] else {
                throw Failure(.notFound, "No registry has the image \(reference)")
            }
            progress("Pulling \(reference)")
            images[reference] = image
            progress("Pulled \(reference)")
        }
    }

    public func image(_ reference: String) async throws -> ObservedImage? {
        try await perform(.image, reference) { images[reference] }
    }

    public func ensureImage(_ name: String, files: @Sendable () throws -> [ContainerFile]) async throws {
        try await perform(.makeImage, name) {
            guard images[name] == nil else { return }
            _ = try files()
            images[name] = Self.makeImage(name)
        }
    }

    public func ensureNetwork(_ name: String, labels: [String: String]) async throws {
        try await perform(.ensureNetwork, name) { _ = networks.insert(name) }
    }

    public func removeImage(_ reference: String) async throws {
        try await perform(.removeImage, reference) { _ = images.removeValue(forKey: reference) }
    }

    public func ensureAddressedNetwork(_ name: String, labels: [String: String]) async throws -> NetworkAddresses? {
        try await perform(.ensureNetwork, name) {
            networks.insert(name)
            return NetworkAddresses(subnet: "10.0.0.0/16", used: Set(containers.values.compactMap(\.observed.address)))
        }
    }

    public func ensureVolume(_ volume: EngineVolume) async throws {
        try await perform(.ensureVolume, volume.name) { _ = volumes.updateValue(volume, forKey: volume.name) }
    }

    public func hasVolume(_ name: String) async throws -> Bool {
        try await perform(.volume, name) { volumes[name] != nil }
    }

    public func removeNetwork(_ name: String) async throws {
        try await perform(.removeNetwork, name) {
            if let user = containers.values.first(where: { $0.plan.network == name && $0.isRunning }) {
                throw Failure(.conflict, "The network \(name) is used by \(user.plan.name)")
            }
            networks.remove(name)
        }
    }

    public func logs(
        _ id: String, follow: Bool, tail: Int?, timestamps: Bool
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        try await perform(.logs, name(of: id)) {
            guard let key = find(id), let container = containers[key] else {
                throw Failure(.notFound, "There is no container \(id)")
            }
            let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
            if !container.output.isEmpty { continuation.yield(container.output) }
            if follow && container.isRunning {
                containers[key]?.followers.append(continuation)
            } else {
                continuation.finish()
            }
            return stream
        }
    }

    public func events() async throws -> AsyncThrowingStream<Void, any Error> {
        try await perform(.events) {
            let (stream, continuation) = AsyncThrowingStream.makeStream(
                of: Void.self, bufferingPolicy: .bufferingNewest(1))
            count += 1
            let key = count
            listeners[key] = continuation
            continuation.onTermination = { [weak self] _ in
                Task { [weak self] in await self?.forget(listener: key) }
            }
            return stream
        }
    }
}

// MARK: - Inside

extension SimulatedEngine {
    /// What every call does: log, fault, time, effect, lost answer. The effect itself is one step, nothing in between.
    private func perform<R: Sendable>(
        _ verb: SimulatedCall.Verb, _ subject: String = "", _ effect: () throws -> R
    ) async throws -> R {
        let call = SimulatedCall(verb, subject)
        calls.append(call)
        try await before?(call)
        guard !isDown else {
            throw Failure(.unavailable, "The simulated engine doesn't answer", hint: "Bring it up again.")
        }
        advance()
        let result = try effect()
        try await after?(call)
        return result
    }

    private func advance() {
        let now = now()
        var changed = false
        for id in containers.keys where containers[id]?.advance(to: now) == true { changed = true }
        if changed { notify() }
    }

    private func endByHand(_ id: String, status: Int) {
        guard let key = find(id), containers[key]?.isRunning == true else { return }
        containers[key]?.end(status: status)
        notify()
    }

    func find(_ idOrName: String) -> String? {
        if containers[idOrName] != nil { return idOrName }
        return containers.first { $0.value.plan.name == idOrName && isReached($0.value.observed.host) }?.key
    }

    private func name(of id: String) -> String { find(id).flatMap { containers[$0]?.plan.name } ?? id }

    func notify() {
        for listener in listeners.values { listener.yield() }
    }

    private func forget(listener key: Int) { listeners[key] = nil }

    private func freeAddress() -> String {
        count += 1
        return "10.0.\(count / 250).\(count % 250 + 2)"
    }

    /// 64 hexadecimal digits that grow.
    private static func identifier(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 64 - digits.count) + digits
    }

    /// The same name always makes the same image; a name with a digest has that digest.
    private static func makeImage(_ reference: String) -> ObservedImage {
        let id = "sha256:" + String(repeating: "0", count: 48) + Fingerprint(reference).digits
        return ObservedImage(id: id, repoDigests: reference.contains("@") ? [reference] : [])
    }
}
