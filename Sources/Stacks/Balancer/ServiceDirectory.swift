import Model

/// The services of one environment, as load balancers and names find them.
struct ServiceDirectory: Sendable {
    /// Someone whom a rule leads to.
    struct Found: Sendable {
        var key: ServiceKey
        var spec: ServiceSpec
        /// Host name, path and port that the service itself gives to balancers that find it by its labels.
        var rules: [Model.LoadBalancer.Rule] = []
    }

    let services: [ServiceKey: ServiceSpec]

    /// The services of one environment among all.
    init(_ services: [ServiceKey: ServiceSpec], of environmentID: Int64) {
        self.services = services.filter { $0.key.environmentID == environmentID }
    }

    /// Whom a target means, seen from a stack; an alias means those that it links to. Sorted by stack and name.
    func find(_ target: BalancerRule.Target, from stack: String) -> [Found] {
        switch target {
        case .service(let other, let name):
            expand(stack: other ?? stack, name, seen: [])
        case .selector(let selector):
            services.filter { $0.value.kind != .loadBalancer && selector.matches($0.value.labels) }
                .sorted { $0.key.description < $1.key.description }
                .flatMap { key, spec in
                    expand(stack: key.stack, key.service, seen: []).map { found in
                        var found = found
                        found.rules = spec.loadBalancer?.rules ?? []
                        return found
                    }
                }
        }
    }

    private func expand(stack: String, _ name: String, seen: Set<ServiceKey>) -> [Found] {
        guard let (key, spec) = services.first(where: { $0.key.stack == stack && $0.key.service == name }),
            !seen.contains(key)
        else { return [] }
        switch spec.kind {
        case .containers, .external: return [Found(key: key, spec: spec)]
        case .loadBalancer: return []
        case .alias:
            var found: [Found] = []
            for target in spec.linkTargets(in: stack) {
                let next = expand(stack: target.stack, target.service, seen: seen.union([key]))
                found += next.filter { one in !found.contains { $0.key == one.key } }
            }
            return found
        }
    }
}

extension ServiceSpec {
    /// The services that links and external links name, seen from the service's stack.
    func linkTargets(in stack: String) -> [(stack: String, service: String, alias: String)] {
        (links + externalLinks).map { link in
            let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
            let place = (parts.first ?? link).split(separator: "/", maxSplits: 1).map(String.init)
            let service = place.last ?? link
            return (place.count == 2 ? place[0] : stack, service, parts.count == 2 ? parts[1] : service)
        }
    }
}
