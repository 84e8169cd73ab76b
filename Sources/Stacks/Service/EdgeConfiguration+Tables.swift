import Foundation
import GRDB
import Model
import Store

extension EdgeConfiguration {
    /// Name of a service's frontend, backend and entry for one port.
    static func name(environment: String, key: ServiceKey, port: PortMapping) -> String {
        let address = port.hostAddress.map { "\($0):" } ?? ""
        return "\(environment).\(key.stack).\(key.service).\(address)\(port.hostPort ?? 0)"
    }

    /// Name of a container in its backends.
    static func serverName(generation: Int64, slot: Int) -> String { "\(generation)-\(slot)" }

    /// What the edge shall do, from what is recorded: nothing is seen or remembered for it.
    ///
    /// - Parameter overlay: What services are about to be.
    init(_ db: Database, overlay: [ServiceKey: ServiceSpec] = [:]) throws {
        let environments = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT id, name FROM environment")
        ).reduce(
            into: [Int64: String]()
        ) { $0[$1["id"]] = $1["name"] }
        var incoming: [ServiceKey: Int64] = [:]
        for record in try RolloutRecord.fetch(db, where: "state IN \(RolloutRecord.atWork)", []) {
            if let goal = record.goal { incoming[record.key] = goal.generation }
        }
        let goals = try Self.goals(db).merging(overlay) { $1 }
        let admitted = try ContainerRecord.all(db).filter { $0.admittedAt != nil && $0.parkedAt == nil }
            .sorted { ($0.generation, $0.slot) < ($1.generation, $1.slot) }
        var specs: [Int64: ServiceSpec] = [:]
        for generation in Set(admitted.map(\.generation)) {
            specs[generation] = try RolloutRecord.spec(db, generation: generation)
        }
        var services: [String: Service] = [:]
        func add(_ spec: ServiceSpec, of key: ServiceKey) {
            guard spec.kind == .containers, let environment = environments[key.environmentID] else { return }
            for part in spec.parts {
                for port in part.edgePorts {
                    let name = Self.name(environment: environment, key: key, port: port)
                    guard services[name] == nil else { continue }
                    services[name] = Service(
                        name: name, hostAddress: port.hostAddress, hostPort: port.hostPort ?? 0,
                        speaksHTTP: part.speaksHTTP, check: part.healthCheck, servers: [], incoming: incoming[key])
                }
            }
        }
        for (key, spec) in goals { add(spec, of: key) }
        for container in admitted {
            guard let spec = specs[container.generation], let address = container.address,
                let environment = environments[container.key.environmentID]
            else { continue }
            add(spec, of: container.key)
            for port in spec.part(container.sidekick)?.edgePorts ?? [] {
                services[Self.name(environment: environment, key: container.key, port: port)]?.servers.append(
                    Server(
                        name: Self.serverName(generation: container.generation, slot: container.slot),
                        address: address, port: port.containerPort, isDraining: container.drainStartedAt != nil))
            }
        }
        // Rules lead to services, whose sidekicks are none of them.
        let ground = BalancerGround(
            environments: environments, services: goals, incoming: incoming,
            containers: admitted.filter { $0.sidekick == nil })
        let (fronts, backends) = Self.balancers(on: ground)
        self.init(services: Array(services.values) + backends, fronts: fronts)
    }
}

extension EdgeConfiguration {
    /// What each service shall be now.
    static func goals(_ db: Database) throws -> [ServiceKey: ServiceSpec] {
        var goals: [ServiceKey: ServiceSpec] = [:]
        for service in try ServiceRecord.all(db) { goals[service.key] = service.spec }
        for record in try RolloutRecord.fetch(db, where: "state IN \(RolloutRecord.atWork)", []) {
            if let goal = record.goal { goals[record.key] = goal.spec }
        }
        return goals
    }
}

extension StackService {
    /// Makes names and the edge what is recorded: after what was recorded has changed.
    package func converge() async throws {
        try await publishNames()
        try await convergeEdge()
    }

    /// Makes the edge what is recorded, and returns what it says of itself; nil where there is none.
    @discardableResult
    package func convergeEdge() async throws -> EdgeState? {
        guard let edge else { return nil }
        let (store, certificates) = (store, certificates)
        let state = try await edge.converge {
            try await certificates.filled(into: try await store.read { try EdgeConfiguration($0) })
        }
        lastEdge = state
        return state
    }
}
