import Engines
import Model
import Store

extension StackService {
    /// Where the containers of a service are to be; nil where there is nothing to choose, as on an engine of one host for
    /// a service that says nothing of hosts. Throws `.unavailable` where the engine doesn't say what hosts there are.
    func placement(
        of spec: ServiceSpec, generation: Int64?, _ key: ServiceKey, in environment: Environment,
        on engine: any Engine
    ) async throws -> Placement? {
        guard engine.hasSeveralHosts || spec.placement?.choosesHosts == true else { return nil }
        let hosts = try await engine.hosts()
        guard let only = hosts.first else {
            throw Failure(.unavailable, "The engine of \(environment.name) names no host")
        }
        // With one host nothing depends on what else is there, unless a rule asks for it: this is asked at every look.
        var wanted = labels(of: environment)
        if hosts.count == 1, spec.placement?.asksForContainers != true {
            (wanted[Label.stack], wanted[Label.service]) = (key.stack, key.service)
        }
        let containers = try await engine.containers(labels: wanted)
        let parked = try await store.read { db in
            Set(try ContainerRecord.all(db, environment: environment.id).filter { $0.parkedAt != nil }.map(\.id))
        }
        let placed = containers.map { container in
            PlacedContainer(
                name: container.name,
                service: "\(container.labels[Label.stack] ?? "")/\(container.labels[Label.service] ?? "")",
                generation: container.generation, slot: container.slot, host: container.host ?? only.name,
                labels: container.labels, isParked: parked.contains(container.id),
                isSidekick: container.labels[Label.sidekick] != nil)
        }
        return Stacks.placement(of: spec, in: key.stack, generation: generation, on: hosts, among: placed)
    }

    /// Name of the host for a new container; nil where the engine has one. Throws `.unavailable` where none fits now.
    func host(
        for slot: Int, of spec: ServiceSpec, generation: Int64, _ scene: Scene
    ) async throws -> String? {
        let placement = try await placement(
            of: spec, generation: generation, scene.key, in: scene.environment, on: scene.engine)
        guard let placement, scene.engine.hasSeveralHosts else { return nil }
        guard let host = placement.hosts[slot] else {
            throw Failure(.unavailable, placement.reason ?? "no host is meant for slot \(slot) of \(scene.key)")
        }
        return host
    }

    /// Refuses services that no host takes, each with the reason. Where the engine is away their rollouts wait for it.
    func checkPlacement(of specs: [ServiceSpec], _ request: UpRequest, _ environment: Environment) async throws {
        let engine = try engineFor(environment)
        var reasons: [String] = []
        for spec in specs {
            let key = ServiceKey(environmentID: environment.id, stack: request.stack, service: spec.name)
            do {
                let placement = try await placement(of: spec, generation: nil, key, in: environment, on: engine)
                if let reason = placement?.reason { reasons.append(reason) }
            } catch let failure as Failure where failure.code == .unavailable && request.deployID != nil {
                continue
            }
        }
        guard reasons.isEmpty else {
            throw Failure(
                .conflict, reasons.joined(separator: "\n"),
                hint: "Give a host the label, in \"labels\" of its engine's daemon.json, or change the rule.")
        }
    }
}
