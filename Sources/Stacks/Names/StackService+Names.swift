import Engines
import Foundation
import Logging
public import Model
import NameServer
import Store

extension StackService {
    /// The network that all stacks of an environment share.
    func sharedNetwork(of environment: Environment) -> String {
        ContainerIdentity.sharedNetwork(of: environment.name, instance: instance)
    }

    // MARK: The name server

    /// Address of the environment's name server for a container that is about to be created; nil where nobody needs one, or
    /// none can be had. Then the engine's own names are all there is, and nothing waits for it.
    func nameServer(in environment: Environment, _ engine: any Engine) async throws -> String? {
        if let known = naming.places[environment.id]?.server { return known }
        await tendNames(of: environment, engine)
        try Task.checkCancellation()
        return naming.places[environment.id]?.server
    }

    /// Brings the environment's name server up and back, takes it up after a restart of this server, and takes it away when
    /// the last service is gone. Where that fails, the next look tries again.
    func tendNames(of environment: Environment, _ engine: any Engine) async {
        guard let names else { return }
        do {
            let services = try await store.read { try GivenNames.services($0, in: environment.id) }
            let isThere = naming.places[environment.id]?.server != nil
            switch NameServerNeed(of: Array(services.values), isThere: isThere) {
            case .wanted: try await ensureNameServer(of: environment, names.store, engine)
            case .idle: break
            case .unwanted: try await removeNameServer(of: environment, engine)
            }
        } catch {
            if Task.isCancelled { return }
            logger.warning("names", metadata: ["environment": "\(environment.name)", "error": "\(error)"])
        }
    }

    /// Makes the environment's name server what it shall be. It always gets the same address: containers that run ask there.
    private func ensureNameServer(
        of environment: Environment, _ names: any NameStore, _ engine: any Engine
    ) async throws {
        let (network, image) = (sharedNetwork(of: environment), try imageOfNames(names))
        let sight = NameServerSight(try await nameServers(of: environment, engine), image: image, network: network)
        if let running = sight.running, running == naming.places[environment.id]?.server { return }
        for other in sight.outdated {
            try await engine.remove(other.id)
            // One of an older version goes with its container.
            if other.image != image { try await engine.removeImage(other.image) }
        }
        guard
            let addresses = try await ensureNetwork(network, labels: labels(of: environment), engine),
            let address = sight.running ?? addresses.free(besides: [])
        else { return }
        // Before it starts: it shall know what there is from the first question on.
        naming.places[environment.id, default: .init()].machine = addresses.gateway
        try await publishNames()
        if sight.running == nil {
            try await engine.ensureImage(image) { try names.files() }
            let id = try await engine.create(
                .nameServer(
                    of: environment, instance: instance, image: image, folder: names.folder(of: environment.id),
                    network: network, address: address))
            try await engine.startOrRemove(id)
            logger.info("names", metadata: ["environment": "\(environment.name)", "server": "\(address)"])
        }
        naming.places[environment.id]?.server = address
    }

    private func removeNameServer(of environment: Environment, _ engine: any Engine) async throws {
        // Nobody new is led to it; what it says stays true until it is gone, for removing it may fail.
        naming.places[environment.id]?.server = nil
        let found = try await nameServers(of: environment, engine)
        for container in found { try await engine.remove(container.id) }
        if naming.places.removeValue(forKey: environment.id) != nil { naming.ended[environment.id] = now() }
        await names?.forget(environment.id)
        // It may still be used by something that isn't ours; that is no reason to fail.
        if !found.isEmpty { try? await engine.removeNetwork(sharedNetwork(of: environment)) }
    }

    /// What answers for the names of the environment's services, as it is now; nil where it has no name server.
    public func nameServerView(in environment: Environment) async throws -> NameServerView? {
        guard names != nil else { return nil }
        let network = sharedNetwork(of: environment)
        let found = try await nameServers(of: environment, engineFor(environment))
        guard let server = found.first(where: { $0.state == .running }) ?? found.first else { return nil }
        return NameServerView(
            name: server.name, state: server.state, address: server.addresses[network], startedAt: server.startedAt)
    }

    private func nameServers(of environment: Environment, _ engine: any Engine) async throws -> [ObservedContainer] {
        try await engine.containers(labels: [Label.instance: instance, Label.names: environment.name])
    }

    private func imageOfNames(_ names: any NameStore) throws -> String {
        if let known = naming.image { return known }
        let image = try names.image()
        naming.image = image
        return image
    }

    // MARK: What it says

    /// Goes on telling names where an earlier process did, before anything is decided: a container must be taken back from
    /// its name before it is stopped. Whether the name server answers is for ``tendNames(of:_:)``.
    func takeUpNames(of environment: Environment, _ engine: any Engine) async throws {
        guard names != nil, !naming.searched.contains(environment.id) else { return }
        if try await !nameServers(of: environment, engine).isEmpty {
            let addresses = try await ensureNetwork(
                sharedNetwork(of: environment), labels: labels(of: environment), engine)
            naming.places[environment.id, default: .init()].machine = addresses?.gateway
            try await publishNames()
        }
        naming.searched.insert(environment.id)
    }

    /// Tells name servers what names mean now.
    func publishNames() async throws {
        guard let names, !naming.places.isEmpty else { return }
        let (store, machines) = (store, naming.places.mapValues(\.machine))
        let unfit = Set(naming.unfit.values.joined())
        try await names.publish {
            try await store.read { try NameBook.all($0, on: machines, unfit: unfit) }
        }
    }

    /// Remembers which containers of a service take no calls though they are recorded as serving.
    func noteFitness(
        _ key: ServiceKey, _ containers: [ObservedContainer], _ health: [String: HealthRecord]
    ) async throws {
        guard naming.places[key.environmentID] != nil else { return }
        let found = Set(
            containers.filter { $0.state != .running || health[$0.id]?.refusesCalls == true }.map(\.id))
        guard naming.unfit[key] ?? [] != found else { return }
        naming.unfit[key] = found
        try await publishNames()
    }
}
