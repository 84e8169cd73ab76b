import Model

/// What is recorded of the services of all environments, as far as load balancers need it.
struct BalancerGround {
    /// Names of environments.
    var environments: [Int64: String]
    /// What each service shall be.
    var services: [ServiceKey: ServiceSpec]
    /// The generation that is on its way in.
    var incoming: [ServiceKey: Int64]
    /// Those that take requests, or finish them.
    var containers: [ContainerRecord]
}

extension EdgeConfiguration {
    /// Stands between the names of a port and of a route in a backend's.
    static let routeMark = "::"

    /// The ports of all load balancers and the backends that they lead to.
    static func balancers(on ground: BalancerGround) -> (fronts: [Front], backends: [Service]) {
        var fronts: [Front] = []
        var backends: [Service] = []
        for (key, spec) in ground.services where spec.kind == .loadBalancer {
            guard let environment = ground.environments[key.environmentID] else { continue }
            let builder = BalancerBuilder(key: key, spec: spec, environment: environment, ground: ground)
            for port in spec.balancerPorts {
                let (front, own) = builder.front(of: port)
                fronts.append(front)
                backends += own
            }
        }
        return (fronts, backends)
    }
}

/// Makes one load balancer's frontends and backends.
private struct BalancerBuilder {
    let key: ServiceKey
    let spec: ServiceSpec
    let environment: String
    let ground: BalancerGround
    private let lines: BalancerLines
    private let directory: ServiceDirectory

    init(key: ServiceKey, spec: ServiceSpec, environment: String, ground: BalancerGround) {
        self.key = key
        self.spec = spec
        self.environment = environment
        self.ground = ground
        lines = BalancerLines(spec.loadBalancer?.configuration ?? "")
        directory = ServiceDirectory(ground.services, of: key.environmentID)
    }

    func front(of port: PortMapping) -> (EdgeConfiguration.Front, [EdgeConfiguration.Service]) {
        let routes = BalancerRoute.routes(of: spec, port: port.containerPort, at: key, directory)
        let mode = routes.first?.mode ?? .http
        let name = EdgeConfiguration.name(environment: environment, key: key, port: port)
        var front = EdgeConfiguration.Front(
            name: name, hostAddress: port.hostAddress, hostPort: port.hostPort ?? port.containerPort, mode: mode,
            routes: [], lines: lines.everyFrontend + (lines.frontends[port.containerPort] ?? []))
        front.acceptsProxy = routes.contains(where: \.acceptsProxy) || lines.proxied.contains(port.containerPort)
        if mode.endsTLS {
            front.certificates = spec.certificateNames.map {
                .init(environmentID: key.environmentID, name: $0, app: spec.secrets?.app)
            }
            front.hasDefaultCertificate = spec.loadBalancer?.defaultCertificate != nil
        }
        var backends: [EdgeConfiguration.Service] = []
        for route in routes {
            let backend = backend(
                of: route, port, "\(name)\(EdgeConfiguration.routeMark)\(route.name)", speaksHTTP: mode.speaksHTTP)
            front.routes.append(.init(hostname: route.hostname, path: route.path, backend: backend.name))
            backends.append(backend)
        }
        return (front, backends)
    }

    private func backend(
        of route: BalancerRoute, _ port: PortMapping, _ name: String, speaksHTTP: Bool
    ) -> EdgeConfiguration.Service {
        // A check that all have; where they differ, that a port answers is what can be asked of all.
        let checks = Set(route.targets.map(\.spec.healthCheck))
        var backend = EdgeConfiguration.Service(
            name: name, hostAddress: nil, hostPort: port.hostPort ?? 0, speaksHTTP: speaksHTTP,
            check: checks.count == 1 ? checks.first ?? nil : nil, servers: [])
        backend.isBackend = true
        backend.lines = lines.everyBackend + (route.backendName.flatMap { lines.backends[$0] } ?? [])
        if speaksHTTP { backend.stickiness = Stickiness(spec.loadBalancer?.stickiness ?? [:]) }
        if route.targets.count == 1 { backend.incoming = route.targets.first.flatMap { ground.incoming[$0.key] } }
        for target in route.targets where target.weight > 0 { backend.servers += servers(of: target) }
        return backend
    }

    private func servers(of target: BalancerRoute.Target) -> [EdgeConfiguration.Server] {
        guard target.spec.kind == .external else {
            return ground.containers.filter { $0.key == target.key }.compactMap { container in
                container.address.map { address in
                    EdgeConfiguration.Server(
                        name: EdgeConfiguration.serverName(generation: container.generation, slot: container.slot),
                        address: address, port: target.port, isDraining: container.drainStartedAt != nil,
                        weight: target.weight)
                }
            }
        }
        return target.spec.externalHosts.enumerated().map { index, address in
            EdgeConfiguration.Server(
                name: "\(target.key.stack).\(target.key.service)-\(index + 1)", address: address, port: target.port,
                isDraining: false, weight: target.weight, isFixed: true)
        }
    }
}
