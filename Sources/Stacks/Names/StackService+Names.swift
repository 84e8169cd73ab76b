import Engines
import Foundation
import Logging
import Model
import NameServer
import Store

/// The machine as the containers of an environment see it.
struct NameMachine: Hashable, Sendable {
    /// Its own in the network that all stacks share, where its ports are found; nil where there is none.
    var address: String?
}

extension StackService {
    /// Seconds after which nobody calls any more who was told an address before it was taken back: no resolver may keep one.
    private static let nameGrace = 0.3

    /// The network that all stacks of an environment share.
    func sharedNetwork(of environment: Environment) -> String {
        ContainerIdentity.sharedNetwork(of: environment.name, instance: instance)
    }

    /// Address of the environment's name server for a container that is about to be created; nil where nobody needs one, or
    /// none can be had. Then the engine's own names are all there is, and nothing waits for it.
    func nameServer(in environment: Environment, _ engine: any Engine) async throws -> String? {
        if let known = nameServers[environment.id] { return known }
        guard names != nil, try await hasCallers(environment) else { return nil }
        do {
            return try await ensureNameServer(of: environment, engine)
        } catch let failure as Failure {
            try Task.checkCancellation()
            logger.warning(
                "names", metadata: ["environment": "\(environment.name)", "error": "\(failure)"])
            return nil
        }
    }

    /// Whether one service may call another.
    private func hasCallers(_ environment: Environment) async throws -> Bool {
        try await store.read { try GivenNames.areUsed($0, in: environment.id) }
    }

    /// Makes the environment's name server what it shall be. It always gets the same address: containers that run ask there.
    private func ensureNameServer(of environment: Environment, _ engine: any Engine) async throws -> String? {
        guard let names else { return nil }
        let (network, image) = (sharedNetwork(of: environment), try imageOfNames(names))
        let labels = [Label.instance: instance, Label.names: environment.name]
        let found = try await engine.containers(labels: labels)
        let running = found.first { $0.state == .running && $0.image == image }?.addresses[network]
        if let running, running == nameServers[environment.id] { return running }
        for other in found where other.image != image || other.state == .dead {
            try await engine.remove(other.id)
            // One of an older version goes with its container.
            if other.image != image { try await engine.removeImage(other.image) }
        }
        guard
            let addresses = try await ensureNetwork(
                network, labels: self.labels(of: environment), in: environment, engine),
            let address = running ?? addresses.free(besides: [])
        else { return nil }
        // Before it starts: it shall know what there is from the first question on.
        named[environment.id] = NameMachine(address: addresses.gateway)
        try await publishNames()
        if running == nil {
            try await engine.ensureImage(image) { try names.files() }
            let id = try await engine.create(
                .nameServer(
                    of: environment, instance: instance, image: image, folder: names.folder(of: environment.id),
                    network: network, address: address))
            try await engine.start(id)
            logger.info("names", metadata: ["environment": "\(environment.name)", "server": "\(address)"])
        }
        nameServers[environment.id] = address
        return address
    }

    private func imageOfNames(_ names: any NameStore) throws -> String {
        if let nameImage { return nameImage }
        let image = try names.image()
        nameImage = image
        return image
    }

    /// Goes on telling names where an earlier process did, before anything is decided: a container must be taken back from
    /// its name before it is stopped. Whether the name server answers is for ``tendNames(of:_:)``.
    func takeUpNames(of environment: Environment, _ engine: any Engine) async throws {
        guard names != nil, !searchedForNames.contains(environment.id) else { return }
        let labels = [Label.instance: instance, Label.names: environment.name]
        if try await !engine.containers(labels: labels).isEmpty {
            let addresses = try await ensureNetwork(
                sharedNetwork(of: environment), labels: self.labels(of: environment), in: environment, engine)
            named[environment.id] = NameMachine(address: addresses?.gateway)
        }
        searchedForNames.insert(environment.id)
    }

    /// Tells name servers what names mean now.
    func publishNames() async throws {
        guard let namePublisher, !named.isEmpty else { return }
        let (store, machines, unfit) = (store, named.mapValues(\.address), Set(unfit.values.joined()))
        tellings += 1
        let telling = tellings
        do {
            try await namePublisher.publish {
                try await store.read { try NameBook.all($0, on: machines, unfit: unfit) }
            }
            if let failedTelling, failedTelling < telling { self.failedTelling = nil }
        } catch {
            failedTelling = max(failedTelling ?? 0, telling)
            throw error
        }
    }

    /// Remembers which containers of a service take no calls though they are recorded as serving.
    func noteFitness(_ key: ServiceKey, _ containers: [ObservedContainer], _ health: [String: HealthRecord])
        async throws
    {
        guard named[key.environmentID] != nil else { return }
        let found = Set(
            containers.filter { $0.state != .running || health[$0.id]?.refusesCalls == true }.map(\.id))
        guard unfit[key] ?? [] != found else { return }
        unfit[key] = found
        try await publishNames()
    }

    /// Until when somebody may call a container who was told of it before it began to drain; nil where names are the
    /// engine's alone.
    func namedUntil(since drainStart: Date?, in environment: Environment) -> Date? {
        named[environment.id] == nil ? nil : drainStart?.addingTimeInterval(Self.nameGrace)
    }

    /// Brings the environment's name server back where it is gone, takes it up after a restart of this server, and takes
    /// it away when the last service is gone. Where that fails, the next look tries again.
    func tendNames(of environment: Environment, _ engine: any Engine) async {
        guard names != nil else { return }
        do {
            let (isEmpty, areUsed) = try await store.read { db in
                (
                    try EdgeConfiguration.goals(db).allSatisfy { $0.key.environmentID != environment.id },
                    try GivenNames.areUsed(db, in: environment.id)
                )
            }
            if areUsed || (nameServers[environment.id] != nil && !isEmpty) {
                _ = try await ensureNameServer(of: environment, engine)
            } else if isEmpty {
                try await removeNameServer(of: environment, engine)
            }
        } catch {
            logger.warning("names", metadata: ["environment": "\(environment.name)", "error": "\(error)"])
        }
    }

    /// Brings containers that were alone in the environment when they started into the network that all share.
    func bringTogether(_ containers: [ObservedContainer], _ scene: Scene) async throws {
        let network = sharedNetwork(of: scene.environment)
        let own = ContainerIdentity.network(of: scene.key.stack, in: scene.environment.name)
        let alone = containers.filter {
            $0.state == .running && $0.addresses[own] != nil && $0.addresses[network] == nil
        }.map(\.id)
        for part in scene.members.flatMap(\.containers) where alone.contains(part.id) {
            try await attach(part, scene)
        }
    }

    private func removeNameServer(of environment: Environment, _ engine: any Engine) async throws {
        nameServers[environment.id] = nil
        named[environment.id] = nil
        let labels = [Label.instance: instance, Label.names: environment.name]
        let found = try await engine.containers(labels: labels)
        for container in found { try await engine.remove(container.id) }
        await namePublisher?.forget(environment.id)
        // It may still be used by something that isn't ours; that is no reason to fail.
        if !found.isEmpty { try? await engine.removeNetwork(sharedNetwork(of: environment)) }
    }
}
