internal import Model

/// Networks, and what a service depends on.
extension ServiceReader {
    mutating func readNetworkMode(_ node: YAMLNode, _ key: String) {
        switch node.text {
        case "host", "none", "bridge": spec.networkMode = node.text
        case "managed", "default": spec.networkMode = nil
        case .some(let mode) where mode.hasPrefix("container:") || mode.hasPrefix("service:"):
            let other = String(mode[mode.index(after: mode.firstIndex(of: ":") ?? mode.startIndex)...])
            if other.isEmpty { return error(node.place, "\(key): \"\(mode)\" names no service") }
            change(\.networking) { $0.sharedWith = other }
            checkUnit(other, node.place, "\(key): \"\(mode)\"")
        case .some(let name) where name.wholeMatch(of: #/[a-zA-Z0-9][a-zA-Z0-9._-]*/#) != nil:
            // A network of Rancher's or of the engine's own: ipsec, vxlan, transparent.
            spec.networkMode = name
            waiting.error(
                node.place, "service \"\(raw.name)\": \(key): the network \"\(name)\" is not carried out yet",
                hint: "host, none or bridge; nothing for the stack's own network")
        default: error(node.place, "\(key) must be host, none or bridge, not \(node.kind)")
        }
    }

    /// `80`, `53/udp` or `8000-8010`.
    mutating func readExposed(_ node: YAMLNode) {
        var ports: [String] = []
        for text in strings(node, "expose") ?? [] {
            guard let match = text.wholeMatch(of: #/(\d{1,5})(?:-(\d{1,5}))?(/(?:tcp|udp|sctp))?/#),
                let first = Int(match.1), let last = match.2.map({ Int($0) }) ?? first, (1...65_535).contains(first),
                (first...65_535).contains(last)
            else {
                error(node.place, "expose: \"\(text)\" is no port", hint: "like 80, 53/udp or 8000-8010")
                continue
            }
            ports += (first...last).map { "\($0)\(match.3 ?? "/tcp")" }
        }
        change(\.networking) { $0.exposed = ports }
    }

    mutating func readNetworks(_ node: YAMLNode) {
        guard let pairs = names(node) else {
            return error(node.place, "networks must be a list or a mapping, not \(node.kind)")
        }
        for pair in pairs {
            var attachment = ContainerNetworking.Attachment()
            if pair.value.mapping != nil {
                checkKeys(
                    pair.value, "networks",
                    known: [
                        "aliases", "ipv4_address", "ipv6_address", "link_local_ips", "mac_address", "priority",
                        "driver_opts", "gw_priority", "interface_name",
                    ])
                attachment.aliases = pair.value["aliases"].flatMap { strings($0, "aliases") } ?? []
                attachment.linkLocalAddresses =
                    pair.value["link_local_ips"].flatMap { strings($0, "link_local_ips") } ?? []
                attachment.ipv4Address = pair.value["ipv4_address"]?.text
                attachment.ipv6Address = pair.value["ipv6_address"]?.text
                attachment.macAddress = pair.value["mac_address"]?.text
                attachment.priority = pair.value["priority"].flatMap { int($0, "priority", -1000...1_000_000) }
                attachment.driverOptions = pair.value["driver_opts"].map { values($0, "driver_opts") } ?? [:]
            } else if !pair.value.isNull {
                error(pair.value.place, "networks: \"\(pair.key)\" must be a mapping, not \(pair.value.kind)")
            }
            change(\.networking) { $0.networks[pair.key] = attachment }
        }
    }

    mutating func readDependencies(_ node: YAMLNode) {
        guard let pairs = names(node) else {
            return error(node.place, "depends_on must be a list or a mapping, not \(node.kind)")
        }
        for pair in pairs {
            var dependency = ContainerLifecycle.Dependency(service: pair.key)
            checkKeys(pair.value, "depends_on", known: ["condition", "restart", "required"])
            if let condition = pair.value["condition"] {
                let conditions = ContainerLifecycle.Dependency.Condition.allCases.map(\.rawValue)
                if let known = condition.text.flatMap(ContainerLifecycle.Dependency.Condition.init(rawValue:)) {
                    dependency.condition = known
                } else {
                    error(
                        condition.place, "depends_on: the condition of \(pair.key) is \(condition.kind)",
                        hint: Suggestion.hint(for: condition.text ?? "", in: conditions))
                }
            }
            dependency.isRequired = pair.value["required"]?.bool ?? true
            change(\.lifecycle) { $0.dependencies.append(dependency) }
        }
    }

    /// A list of names, or a mapping of them.
    private mutating func names(_ node: YAMLNode) -> [YAMLNode.Pair]? {
        if let pairs = node.mapping { return pairs }
        guard let items = node.sequence ?? (node.text == nil ? nil : [node]) else { return nil }
        return items.compactMap { item in
            string(item, "an item of \(key)").map {
                .init(key: $0, keyPlace: item.place, value: YAMLNode(.scalar("", plain: true), at: item.place))
            }
        }
    }
}
