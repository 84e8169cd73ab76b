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
    init(_ db: Database) throws {
        let environments = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT id, name FROM environment")
        ).reduce(
            into: [Int64: String]()
        ) { $0[$1["id"]] = $1["name"] }
        var goals: [ServiceKey: ServiceSpec] = [:]
        var incoming: [ServiceKey: Int64] = [:]
        for service in try ServiceRecord.all(db) { goals[service.key] = service.spec }
        for record in try RolloutRecord.fetch(db, where: "state IN \(RolloutRecord.atWork)", []) {
            guard let goal = record.goal else { continue }
            goals[record.key] = goal.spec
            incoming[record.key] = goal.generation
        }
        let admitted = try ContainerRecord.all(db).filter { $0.admittedAt != nil && $0.parkedAt == nil }
        var specs: [Int64: ServiceSpec] = [:]
        for generation in Set(admitted.map(\.generation)) {
            specs[generation] = try RolloutRecord.find(db, id: generation)?.rollout.spec
        }
        var services: [String: Service] = [:]
        func add(_ spec: ServiceSpec, of key: ServiceKey) {
            guard let environment = environments[key.environmentID] else { return }
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
        for container in admitted.sorted(by: { ($0.generation, $0.slot) < ($1.generation, $1.slot) }) {
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
        self.init(services: Array(services.values))
    }
}

extension StackService {
    /// Makes the edge what is recorded, and returns what it says of itself; nil where there is none.
    @discardableResult
    package func convergeEdge() async throws -> EdgeState? {
        guard let edge else { return nil }
        let store = store
        let state = try await edge.converge { try await store.read { try EdgeConfiguration($0) } }
        lastEdge = state
        return state
    }
}
