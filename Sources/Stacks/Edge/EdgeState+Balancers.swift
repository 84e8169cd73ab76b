extension EdgeState {
    /// A backend of a load balancer that a container is in.
    struct BalancerPlace: Hashable, Sendable {
        /// Whether requests are led to the container, as far as they are led to any beside it.
        var isReached: Bool
        /// Requests that are open or queued.
        var open: Int
    }

    /// The places of containers in load balancers, by the containers' names there. Computed once a look: an edge has
    /// thousands of servers.
    func balancerPlaces() -> [String: [BalancerPlace]] {
        let routed = servers.filter { $0.key.contains(EdgeConfiguration.routeMark) }
        guard !routed.isEmpty else { return [:] }
        let backends = Dictionary(grouping: routed) { $0.key.prefix { $0 != "/" } }
        var places: [String: [BalancerPlace]] = [:]
        for (backend, entries) in backends {
            let leads = entries.contains { $0.value.isUp }
            for (name, server) in entries {
                places[String(name.dropFirst(backend.count + 1)), default: []].append(
                    BalancerPlace(isReached: server.isUp || !leads, open: server.open))
            }
        }
        return places
    }
}
