import GRDB
import Model
import Store

extension StackService {
    /// Refuses a load balancer whose certificates are missing, or of which HAProxy would not take something.
    func checkBalancers(_ specs: [ServiceSpec], _ stack: String, _ environment: Environment) async throws {
        let balancers = specs.filter { $0.kind == .loadBalancer }
        guard let edge, !balancers.isEmpty else { return }
        let overlay = Dictionary(
            specs.map { (ServiceKey(environmentID: environment.id, stack: stack, service: $0.name), $0) },
            uniquingKeysWith: { $1 })
        let configuration = try await certificates.filled(
            into: try await store.read { try EdgeConfiguration($0, overlay: overlay) })
        for front in configuration.fronts where balancers.contains(where: { front.isOf($0, stack, environment) }) {
            guard let missing = front.certificates.first(where: { $0.pem == nil }) else { continue }
            throw Failure(
                .notFound, "There is no certificate \(missing.name), which \(stack) names for port \(front.hostPort)",
                hint: "Set certificate, chain and key as one PEM text: slipway secrets set "
                    + "\(Certificates.secretName(of: missing.name)) --environment \(environment.name).")
        }
        try await edge.check(configuration)
    }

    /// Whether the edge doesn't listen on a port of a load balancer: it is held, or HAProxy didn't take what was brought.
    func isShut(_ key: ServiceKey, _ spec: ServiceSpec, _ environment: Environment) -> Bool {
        spec.kind == .loadBalancer
            && spec.balancerPorts.contains { port in
                lastEdge.refused[EdgeConfiguration.name(environment: environment.name, key: key, port: port)] != nil
            }
    }

    /// The rules of a load balancer as they are now, in the order in which they are asked; empty for another service.
    public func balancerTable(of service: ServiceKey) async throws -> [BalancerRow] {
        let (goals, containers) = try await store.read { db in
            (try EdgeConfiguration.goals(db), try ContainerRecord.all(db, environment: service.environmentID))
        }
        guard let spec = goals[service], spec.kind == .loadBalancer else { return [] }
        let serving = containers.filter {
            $0.sidekick == nil && $0.admittedAt != nil && $0.parkedAt == nil && $0.drainStartedAt == nil
        }
        let directory = ServiceDirectory(goals, of: service.environmentID)
        return spec.balancerPorts.flatMap { port in
            BalancerRoute.routes(of: spec, port: port.containerPort, at: service, directory).map { route in
                BalancerRow(
                    hostAddress: port.hostAddress, hostPort: port.hostPort ?? port.containerPort,
                    mode: route.mode.rawValue, hostname: route.hostname, path: route.path,
                    targets: route.targets.map { target in
                        BalancerRow.Target(
                            stack: target.key.stack, service: target.key.service, port: target.port,
                            weight: target.weight,
                            outside: target.spec.kind == .external ? target.spec.externalHosts : [],
                            serving: serving.count { $0.key == target.key })
                    })
            }
        }
    }
}

/// A line of a load balancer's table: which requests, and where they go.
public struct BalancerRow: Sendable, Codable, Hashable {
    /// A service that gets a share.
    public struct Target: Sendable, Codable, Hashable {
        public var stack: String
        public var service: String
        public var port: Int
        public var weight: Int
        /// Addresses of an external service.
        public var outside: [String]
        /// Containers that take requests.
        public var serving: Int

        public init(stack: String, service: String, port: Int, weight: Int = 1, outside: [String] = [], serving: Int) {
            self.stack = stack
            self.service = service
            self.port = port
            self.weight = weight
            self.outside = outside
            self.serving = serving
        }
    }

    /// Nil means every IPv4 address.
    public var hostAddress: String?
    public var hostPort: Int
    /// `http`, `https`, `tcp`, `tls` or `sni`.
    public var mode: String
    public var hostname: String?
    public var path: String?
    /// Empty where the services aren't there.
    public var targets: [Target]

    public init(
        hostAddress: String? = nil, hostPort: Int, mode: String, hostname: String? = nil, path: String? = nil,
        targets: [Target]
    ) {
        self.hostAddress = hostAddress
        self.hostPort = hostPort
        self.mode = mode
        self.hostname = hostname
        self.path = path
        self.targets = targets
    }
}

extension EdgeConfiguration.Front {
    fileprivate func isOf(_ spec: ServiceSpec, _ stack: String, _ environment: Environment) -> Bool {
        let key = ServiceKey(environmentID: environment.id, stack: stack, service: spec.name)
        return spec.balancerPorts.contains { port in
            name == EdgeConfiguration.name(environment: environment.name, key: key, port: port)
        }
    }
}
