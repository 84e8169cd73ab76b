import Model

/// Requests of one port that a load balancer treats alike, and the services that they are shared among.
struct BalancerRoute: Sendable {
    /// A service with its share.
    struct Target: Sendable {
        var key: ServiceKey
        var spec: ServiceSpec
        var port: Int
        /// 0: nothing.
        var weight: Int
    }

    var mode: BalancerRule.Mode
    var hostname: String?
    var path: String?
    var backendName: String?
    var acceptsProxy: Bool
    /// Empty where the services aren't there (yet).
    var targets: [Target]

    /// What tells it apart from others of its port, as part of a name in HAProxy.
    var name: String {
        if let backendName { return backendName }
        return hostname == nil && path == nil
            ? "all" : String(Fingerprint("\(hostname ?? "") \(path ?? "")").digits.prefix(8))
    }

    /// The routes of one source port, in the order in which they are asked. Rules for the same host name and path are one
    /// route; of a service that two of them name, the first counts.
    static func routes(
        of spec: ServiceSpec, port: Int, at key: ServiceKey, _ directory: ServiceDirectory
    ) -> [BalancerRoute] {
        let rules = spec.balancerRules.filter { $0.sourcePort == port }
            .flatMap { rule in directory.find(rule.target, from: key.stack).resolved(rule) }
            .enumerated().sorted { left, right in
                if left.element.rule.precedes(right.element.rule) { return true }
                return !right.element.rule.precedes(left.element.rule) && left.offset < right.offset
            }.map(\.element)
        var routes: [BalancerRoute] = []
        for (rule, found) in rules {
            let place = routes.firstIndex { $0.hostname == rule.hostname && $0.path == rule.path }
            let index = place ?? routes.count
            if place == nil {
                routes.append(
                    BalancerRoute(
                        mode: rule.mode, hostname: rule.hostname, path: rule.path, backendName: rule.backendName,
                        acceptsProxy: rule.acceptsProxy, targets: []))
            }
            guard let found, !routes[index].targets.contains(where: { $0.key == found.key }) else { continue }
            routes[index].targets.append(
                Target(
                    key: found.key, spec: found.spec, port: rule.targetPort ?? rule.sourcePort, weight: rule.weight))
        }
        return routes
    }
}

extension [ServiceDirectory.Found] {
    /// The rule for each of them; for nobody where there is none, so that its requests don't go elsewhere.
    fileprivate func resolved(_ rule: BalancerRule) -> [(rule: BalancerRule, found: ServiceDirectory.Found?)] {
        if isEmpty { return [(rule, nil)] }
        return flatMap { found -> [(rule: BalancerRule, found: ServiceDirectory.Found?)] in
            guard !found.rules.isEmpty else { return [(rule, found)] }
            return found.rules.map { own in
                var rule = rule
                rule.hostname = own.hostname?.lowercased() ?? rule.hostname
                rule.path = own.path ?? rule.path
                rule.targetPort = own.targetPort ?? rule.targetPort
                rule.priority = own.priority ?? rule.priority
                rule.weight = own.weight ?? rule.weight
                return (rule, found)
            }
        }
    }
}

extension ServiceSpec {
    /// Where an external service is: its addresses, else its host name.
    var externalHosts: [String] {
        let addresses = loadBalancer?.externalAddresses ?? []
        return addresses.isEmpty ? [hostname].compactMap(\.self) : addresses
    }
}
