internal import Model

extension ServiceKeys {
    /// Keys of load balancers and of services outside.
    static let balancing: [String: ServiceKey] = [
        "lb_config": .read { $0.readLoadBalancer($1, "lb_config") },
        "load_balancer_config": .read { $0.readOldLoadBalancer($1) },
        "port_rules": .read { $0.readRules($1) },
        "certs": .read { $0.readList($1, \.loadBalancer, \.certificates) },
        "default_cert": .read { $0.readText($1, \.loadBalancer, \.defaultCertificate) },
        "stickiness_policy": .read { $0.readNames($1, \.loadBalancer, \.stickiness) },
        "config": .read { $0.readText($1, \.loadBalancer, \.configuration) },
        "external_ips": .read { $0.readList($1, \.loadBalancer, \.externalAddresses) },
    ]
}

/// Load balancers of rancher-compose.
extension ServiceReader {
    mutating func readLoadBalancer(_ node: YAMLNode, _ key: String) {
        guard node.mapping != nil else { return error(node.place, "\(key) must be a mapping, not \(node.kind)") }
        checkKeys(node, key, known: ["certs", "default_cert", "port_rules", "config", "stickiness_policy"])
        if let certificates = node["certs"], !certificates.isNull {
            let names = strings(certificates, "\(key).certs") ?? []
            change(\.loadBalancer) { $0.certificates = names.filter { !$0.isEmpty } }
        }
        if let rules = node["port_rules"], !rules.isNull { readRules(rules) }
        if let policy = node["stickiness_policy"], !policy.isNull {
            let values = values(policy, "\(key).stickiness_policy")
            change(\.loadBalancer) { $0.stickiness = values }
        }
        change(\.loadBalancer) {
            $0.defaultCertificate = node["default_cert"]?.text ?? $0.defaultCertificate
            $0.configuration = node["config"].flatMap { $0.isNull ? nil : $0.text } ?? $0.configuration
        }
    }

    mutating func readRules(_ node: YAMLNode) {
        guard let items = node.sequence else { return error(node.place, "port_rules must be a list, not \(node.kind)") }
        let rules = items.compactMap { rule($0) }
        change(\.loadBalancer) { $0.rules += rules }
    }

    private mutating func rule(_ node: YAMLNode) -> LoadBalancer.Rule? {
        guard node.mapping != nil else {
            error(node.place, "a port rule must be a mapping, not \(node.kind)")
            return nil
        }
        checkKeys(
            node, "port_rules",
            known: [
                "source_port", "target_port", "protocol", "service", "selector", "hostname", "path", "priority",
                "weight", "backend_name", "region", "environment", "container",
            ])
        var rule = LoadBalancer.Rule()
        let numbers: [(String, WritableKeyPath<LoadBalancer.Rule, Int?>, ClosedRange<Int>)] = [
            ("source_port", \.sourcePort, 1...65535), ("target_port", \.targetPort, 1...65535),
            ("priority", \.priority, 0...1_000_000), ("weight", \.weight, 0...256),
        ]
        for (key, field, range) in numbers {
            if let value = node[key], !value.isNull, value.text != "" {
                rule[keyPath: field] = int(value, "port_rules.\(key)", range)
            }
        }
        let texts: [(String, WritableKeyPath<LoadBalancer.Rule, String?>)] = [
            ("service", \.service), ("selector", \.selector), ("hostname", \.hostname), ("path", \.path),
            ("backend_name", \.backendName), ("region", \.region), ("environment", \.environment),
        ]
        for (key, field) in texts {
            if let value = node[key], !value.isNull, value.text != "" { rule[keyPath: field] = value.text }
        }
        if let named = node["protocol"], !named.isNull, named.text != "" {
            let protocols = ["http", "tcp", "https", "tls", "sni", "udp"]
            if let known = named.text?.lowercased(), protocols.contains(known) {
                rule.protocol = known
            } else {
                error(
                    named.place, "port_rules.protocol is \(named.kind)",
                    hint: Suggestion.hint(for: named.text ?? "", in: protocols))
            }
        }
        return rule
    }

    /// `load_balancer_config` of Rancher before 1.2: HAProxy's own sections and cookies.
    mutating func readOldLoadBalancer(_ node: YAMLNode) {
        let key = "load_balancer_config"
        guard node.mapping != nil else { return error(node.place, "\(key) must be a mapping, not \(node.kind)") }
        checkKeys(
            node, key,
            known: [
                "name", "haproxy_config", "lb_cookie_stickiness_policy", "app_cookie_stickiness_policy", "certs",
                "default_cert", "description",
            ])
        if let config = node["haproxy_config"], config.mapping != nil {
            checkKeys(config, "\(key).haproxy_config", known: ["global", "defaults"])
            let sections = ["global", "defaults"].compactMap { name in
                config[name].flatMap { $0.isNull ? nil : $0.text }.map { "\(name)\n\($0)" }
            }
            if !sections.isEmpty { change(\.loadBalancer) { $0.configuration = sections.joined(separator: "\n") } }
        }
        for name in ["lb_cookie_stickiness_policy", "app_cookie_stickiness_policy"] {
            guard let policy = node[name], !policy.isNull else { continue }
            let values = values(policy, "\(key).\(name)")
            change(\.loadBalancer) { $0.stickiness = values }
        }
        if let certificates = node["certs"], !certificates.isNull {
            let names = strings(certificates, "\(key).certs") ?? []
            change(\.loadBalancer) { $0.certificates = names.filter { !$0.isEmpty } }
        }
        change(\.loadBalancer) { $0.defaultCertificate = node["default_cert"]?.text }
    }
}
