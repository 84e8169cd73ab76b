import Model

extension ServiceSpec {
    /// What a load balancer, an external or an alias service asks for and can't have, a sentence each without the
    /// service's name; empty for any other service.
    func balancerObjections(edge: Bool) -> [String] {
        switch kind {
        case .containers: []
        case .alias:
            links.isEmpty && externalLinks.isEmpty ? ["an alias needs links to the services that it names"] : []
        case .external: externalObjections
        case .loadBalancer:
            edge
                ? ruleObjections + portObjections + BalancerLines(loadBalancer?.configuration ?? "").objections
                    + nameObjections + (Stickiness(loadBalancer?.stickiness ?? [:])?.objections ?? [])
                : ["a load balancer needs the edge, and this server runs none"]
        }
    }

    private var externalObjections: [String] {
        let addresses = loadBalancer?.externalAddresses ?? []
        if addresses.isEmpty, hostname == nil { return ["an external service needs external_ips or a hostname"] }
        let bad = (addresses + (addresses.isEmpty ? [hostname ?? ""] : [])).filter { !$0.isUsableHost }
        return bad.map { "`\($0)` is no address and no host name" }
    }

    private var ruleObjections: [String] {
        var found: [String] = []
        for rule in loadBalancer?.rules ?? [] {
            let port = rule.sourcePort.map { "the rule of port \($0)" } ?? "a rule"
            if rule.sourcePort == nil { found.append("a rule has no source_port") }
            if rule.service == nil, rule.selector == nil {
                found.append("\(port) names neither a service nor a selector")
            }
            if let selector = rule.selector, LabelSelector(selector) == nil {
                found.append("`\(selector)` is no selector: `key=value`, `key in (a, b)`, several with commas")
            }
            if rule.protocol == "udp" { found.append("\(port) is for UDP, which the edge doesn't carry") }
            if rule.region != nil || rule.environment != nil {
                found.append("\(port) leads to another environment or region: Slipway keeps environments apart")
            }
            if let name = rule.backendName, name.wholeMatch(of: #/[A-Za-z0-9_.\-]+/#) == nil {
                found.append("`\(name)` can't be a backend's name: letters, digits, `_`, `.` and `-`")
            }
        }
        for rule in balancerRules {
            if let host = rule.hostname, !host.isUsableHostPattern {
                found.append("`\(host)` is no host name; a wildcard is the first part or the last: *.a.example, www.*")
            }
            if let path = rule.path, !path.hasPrefix("/") || !path.unicodeScalars.allSatisfy(\.isPlainInPath) {
                found.append("`\(path)` is no path: it begins with / and holds no spaces or quotes")
            }
            if !rule.mode.speaksHTTP, rule.path != nil || rule.hostname != nil && rule.mode != .sni {
                found.append(
                    "port \(rule.sourcePort) speaks \(rule.mode.rawValue), where no host name or path can be seen")
            }
            if rule.mode == .sni, rule.hostname == nil {
                found.append("the sni rule of port \(rule.sourcePort) has no hostname")
            }
        }
        for (port, rules) in Dictionary(grouping: balancerRules, by: \.sourcePort).sorted(by: { $0.key < $1.key }) {
            let modes = Set(rules.map(\.mode.rawValue)).sorted()
            if modes.count > 1 { found.append("port \(port) can't speak \(modes.joined(separator: " and ")) at once") }
        }
        for (name, rules) in Dictionary(grouping: balancerRules.filter { $0.backendName != nil }, by: \.backendName)
        where Set(rules.map { "\($0.sourcePort) \($0.hostname ?? "") \($0.path ?? "")" }).count
            > Set(rules.map(\.sourcePort)).count
        {
            found.append("the backend \(name ?? "") is named for several host names or paths: give each its own")
        }
        if balancerRules.contains(where: \.mode.endsTLS), certificateNames.isEmpty {
            found.append("https and tls need a certificate: name it under certs or default_cert")
        }
        return found
    }

    private var portObjections: [String] {
        guard !balancerRules.isEmpty else {
            return (loadBalancer?.rules ?? []).isEmpty
                ? ["a load balancer needs rules: lb_config.port_rules, or links and ports"] : []
        }
        let published = Set(ports.flatMap { [$0.containerPort, $0.hostPort ?? $0.containerPort] })
        let hidden = Set(networking?.exposed.compactMap { Int($0.prefix { $0 != "/" }) } ?? []).subtracting(published)
        return balancerPorts.map(\.containerPort).filter(hidden.contains).map {
            "port \($0) is only exposed, and the edge listens for the outside: publish it under ports"
        }
    }

    private var nameObjections: [String] {
        let lines = BalancerLines(loadBalancer?.configuration ?? "")
        let (names, ports) = (Set(balancerRules.compactMap(\.backendName)), Set(balancerRules.map(\.sourcePort)))
        return lines.backends.keys.filter { !names.contains($0) }.sorted().map { name in
            "config has lines for the backend \(name), and no rule has it as its backend_name"
        }
            + Set(lines.frontends.keys).union(lines.proxied).subtracting(ports).sorted().map {
                "config has lines for the frontend \($0), and no rule has it as its source_port"
            }
    }

    /// Names of the certificates, the one for clients that name no host first.
    var certificateNames: [String] {
        let named = [loadBalancer?.defaultCertificate].compactMap(\.self) + (loadBalancer?.certificates ?? [])
        return named.enumerated().filter { index, name in named.firstIndex(of: name) == index }.map(\.element)
    }
}

extension String {
    /// Whether it can be an address or a host name.
    var isUsableHost: Bool { wholeMatch(of: #/[A-Za-z0-9_]([A-Za-z0-9_.\-]*[A-Za-z0-9_])?\.?/#) != nil }

    fileprivate var isUsableHostPattern: Bool {
        let rest = hasPrefix("*.") ? dropFirst(2) : hasSuffix(".*") ? dropLast(2) : self[...]
        return String(rest).isUsableHost
    }
}

extension Unicode.Scalar {
    fileprivate var isPlainInPath: Bool {
        isASCII && (properties.isAlphabetic || "0123456789/-._~%!$&()*+,;=:@".unicodeScalars.contains(self))
            && self != "$"
    }
}
