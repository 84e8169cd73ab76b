public import Model

/// A rule of a load balancer: which requests of which port go where.
public struct BalancerRule: Hashable, Sendable {
    public enum Mode: String, Sendable, CaseIterable {
        case http
        /// TLS ends at the edge, HTTP behind it.
        case https
        case tcp
        /// TLS ends at the edge, TCP behind it.
        case tls
        /// TLS goes on to the service, chosen by the host name in its greeting.
        case sni

        /// Whether the edge needs a certificate.
        public var endsTLS: Bool { self == .https || self == .tls }
        /// Whether requests are told apart.
        public var speaksHTTP: Bool { self == .http || self == .https }
    }

    /// Whom it leads to.
    public enum Target: Hashable, Sendable {
        /// Of the balancer's own stack where none is named.
        case service(stack: String?, name: String)
        /// All services of the environment whose labels fit.
        case selector(LabelSelector)
    }

    public var sourcePort: Int
    /// Nil: the source port.
    public var targetPort: Int?
    public var mode: Mode
    public var target: Target
    /// In lower case; may begin with `*.` or end with `.*`.
    public var hostname: String?
    /// What a path begins with.
    public var path: String?
    /// The smaller, the earlier; those without one come last, in Rancher's order.
    public var priority: Int?
    public var weight: Int
    public var backendName: String?
    /// Whether connections begin with a line of the PROXY protocol.
    public var acceptsProxy = false

    /// Order of two rules without a priority: host name and path, host name, wildcard and path, wildcard, path, all.
    var rank: Int {
        let host = hostname.map { $0.hasPrefix("*.") || $0.hasSuffix(".*") ? 1 : 0 } ?? 2
        return host * 2 + (path == nil ? 1 : 0)
    }

    /// Whether this one is asked before another.
    func precedes(_ other: BalancerRule) -> Bool {
        let (mine, its) = (priority ?? .max, other.priority ?? .max)
        if mine != its { return mine < its }
        if rank != other.rank { return rank < other.rank }
        // Among wildcards and paths, the one that says more.
        let hosts = ((hostname ?? "").utf8.count, (other.hostname ?? "").utf8.count)
        if rank == 2 || rank == 3, hosts.0 != hosts.1 { return hosts.0 > hosts.1 }
        return (path ?? "").utf8.count > (other.path ?? "").utf8.count
    }
}

extension BalancerRule {
    /// What a spec's own rule says; nil where it has no source port.
    init(_ rule: Model.LoadBalancer.Rule, sourcePort: Int, target: Target) {
        self.init(
            sourcePort: sourcePort, targetPort: rule.targetPort, mode: rule.protocol.flatMap(Mode.init) ?? .http,
            target: target, hostname: rule.hostname?.lowercased(), path: rule.path, priority: rule.priority,
            weight: rule.weight ?? 1, backendName: rule.backendName)
    }
}

extension ServiceSpec {
    /// The rules of a load balancer, those of Rancher before 1.2 included; empty for any other service. Rules that name
    /// nobody are left out: ``balancerObjections`` says so.
    public var balancerRules: [BalancerRule] {
        guard kind == .loadBalancer else { return [] }
        let rules = (loadBalancer?.rules ?? []).compactMap { rule -> BalancerRule? in
            guard let port = rule.sourcePort else { return nil }
            if let name = rule.service { return BalancerRule(rule, sourcePort: port, target: .named(name)) }
            guard let selector = rule.selector.flatMap(LabelSelector.init) else { return nil }
            return BalancerRule(rule, sourcePort: port, target: .selector(selector))
        }
        return rules.isEmpty ? rulesOfLinks : rules
    }

    /// The ports of the host that a load balancer listens on; the containers' port is the rules' source port.
    var balancerPorts: [PortMapping] {
        Set(balancerRules.map(\.sourcePort)).sorted().map { source in
            let published = ports.first { $0.containerPort == source || $0.hostPort == source }
            return PortMapping(
                hostAddress: published?.hostAddress, hostPort: published?.hostPort ?? source, containerPort: source)
        }
    }
}

extension BalancerRule.Target {
    /// `service` or `stack/service`.
    static func named(_ text: String) -> BalancerRule.Target {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        return parts.count == 2 ? .service(stack: parts[0], name: parts[1]) : .service(stack: nil, name: text)
    }
}
