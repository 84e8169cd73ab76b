/// WebSockets last, and are cut when their container has drained as long as it may. So that this happens to each once
/// an upgrade, and not again when it came back to another container that goes: they get a backend of their own, in
/// which everything drains that isn't on its way in, from the moment that one of those is there.
extension EdgeConfiguration {
    /// Itself with the backends for WebSockets.
    func withTunnels() -> EdgeConfiguration {
        EdgeConfiguration(
            services: services.flatMap { service -> [Service] in
                guard service.speaksHTTP else { return [service] }
                var tunnel = service
                tunnel.name = service.tunnelName
                tunnel.isTunnel = true
                if let incoming = service.incoming,
                    service.servers.contains(where: { $0.generation == incoming && !$0.isDraining })
                {
                    for index in tunnel.servers.indices where tunnel.servers[index].generation != incoming {
                        tunnel.servers[index].isDraining = true
                    }
                }
                return [service, tunnel]
            }, fronts: fronts)
    }
}

extension EdgeConfiguration.Service {
    /// Name of its backend for WebSockets.
    var tunnelName: String { name + Self.tunnelMark }
    /// Its name, or that of the service whose WebSockets it is for.
    var baseName: String { isTunnel ? String(name.dropLast(Self.tunnelMark.count)) : name }
    fileprivate static let tunnelMark = ":websocket"
}

extension EdgeConfiguration.Server {
    fileprivate var generation: Int64? { name.split(separator: "-").first.flatMap { Int64($0) } }
}

extension EdgeState {
    /// Itself with each server once: what is open through the backends for WebSockets counts too.
    func foldingTunnels() -> EdgeState {
        var folded = self
        let mark = EdgeConfiguration.Service.tunnelMark + "/"
        for (name, tunnel) in servers where name.contains(mark) {
            folded.servers[name] = nil
            folded.servers[name.replacing(mark, with: "/")]?.open += tunnel.open
        }
        return folded
    }
}
