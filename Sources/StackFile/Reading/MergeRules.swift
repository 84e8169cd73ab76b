internal import Model

/// How a later file's value is laid over an earlier one's, by its path (compose-go `override/merge.go`, `uncity.go`). A
/// new key is a line here; what has none: mappings merge, lists are joined, the rest is replaced.
enum MergeRules {
    private enum Rule: Sendable {
        case replace
        /// `KEY=value` lists and mappings alike, by key.
        case byName
        /// A list of names, or a mapping of them.
        case names
        /// One text is a list of one.
        case list
        /// Lists, by what an item is about.
        case bySubject(@Sendable (YAMLNode) -> String?)
        case hosts
        case logging
    }

    private static let rules: [String: Rule] = [
        "services.*.command": .replace, "services.*.entrypoint": .replace, "services.*.healthcheck.test": .replace,
        "services.*.ulimits.*": .replace, "models.*.runtime_flags": .replace,
        "services.*.environment": .byName, "services.*.labels": .byName, "services.*.annotations": .byName,
        "services.*.sysctls": .byName, "services.*.deploy.labels": .byName, "services.*.build.labels": .byName,
        "services.*.build.args": .byName, "services.*.build.additional_contexts": .byName,
        "networks.*.labels": .byName, "volumes.*.labels": .byName, "configs.*.labels": .byName,
        "secrets.*.labels": .byName,
        "services.*.networks": .names, "services.*.depends_on": .names, "services.*.models": .names,
        "services.*.dns": .list, "services.*.dns_opt": .list, "services.*.dns_search": .list,
        "services.*.env_file": .list, "services.*.tmpfs": .list, "services.*.build.tags": .list,
        "services.*.volumes": .bySubject(volumeTarget), "services.*.secrets": .bySubject(secretTarget),
        "services.*.configs": .bySubject(configTarget), "services.*.devices": .bySubject(deviceTarget),
        "services.*.links": .bySubject(linkName), "networks.*.ipam.config": .bySubject { $0["subnet"]?.text },
        "services.*.extra_hosts": .hosts, "services.*.build.extra_hosts": .hosts,
        "services.*.logging": .logging,
    ]

    /// Mappings whose keys are names that people chose.
    private static let named: Set<String> = [
        "services", "networks", "volumes", "configs", "secrets", "models", "services.*.networks", "services.*.ulimits",
        "services.*.models", "services.*.depends_on",
    ]

    /// The value of both at `path`, where names are `*`; nil where the later one takes it away.
    static func merged(_ base: YAMLNode, _ over: YAMLNode, at path: String) -> YAMLNode? {
        switch over.overriding {
        case .reset: return nil
        case .replace: return over
        case nil: break
        }
        if over.isNull, rules[path] == nil { return base }
        switch rules[path] {
        case .replace: return over
        case .byName: return byName(base, over)
        case .names: return byNames(base, over, path)
        case .list: return joined(list(base), list(over), at: over.place)
        case .bySubject(let subject): return bySubject(base, over, subject, path)
        case .hosts:
            guard let old = hosts(base), let new = hosts(over) else { return over }
            return joined(old, new, at: over.place)
        case .logging:
            if let old = base["driver"]?.text, let new = over["driver"]?.text, old != new { return over }
            return generic(base, over, path)
        case nil: return generic(base, over, path)
        }
    }

    /// The pairs of both mappings.
    static func merged(_ old: [YAMLNode.Pair], _ new: [YAMLNode.Pair], at path: String) -> [YAMLNode.Pair] {
        var result = old
        for pair in new {
            guard let at = result.firstIndex(where: { $0.key == pair.key }) else {
                if pair.value.overriding != .reset { result.append(pair) }
                continue
            }
            let child = path.isEmpty ? pair.key : named.contains(path) ? "\(path).*" : "\(path).\(pair.key)"
            if let value = merged(result[at].value, pair.value, at: child) {
                let keyPlace = value == result[at].value ? result[at].keyPlace : pair.keyPlace
                result[at] = YAMLNode.Pair(key: pair.key, keyPlace: keyPlace, value: value)
            } else {
                result.remove(at: at)
            }
        }
        return result
    }

    private static func generic(_ base: YAMLNode, _ over: YAMLNode, _ path: String) -> YAMLNode {
        if let old = base.mapping, let new = over.mapping {
            return YAMLNode(.mapping(merged(old, new, at: path)), at: over.place)
        }
        if let old = base.sequence, let new = over.sequence { return joined(old, new, at: over.place) }
        return over
    }

    private static func byName(_ base: YAMLNode, _ over: YAMLNode) -> YAMLNode {
        guard let old = ServiceMerge.pairs(base), let new = ServiceMerge.pairs(over) else { return over }
        var result = old
        for pair in new {
            if let at = result.firstIndex(where: { $0.key == pair.key }) {
                result[at] = pair
            } else {
                result.append(pair)
            }
        }
        return YAMLNode(.mapping(result), at: over.place)
    }

    private static func byNames(_ base: YAMLNode, _ over: YAMLNode, _ path: String) -> YAMLNode {
        guard let old = names(base), let new = names(over) else { return over }
        return YAMLNode(.mapping(merged(old, new, at: path)), at: over.place)
    }

    /// What is put at a path takes the place of what was there.
    private static func bySubject(
        _ base: YAMLNode, _ over: YAMLNode, _ subject: (YAMLNode) -> String?, _ path: String
    ) -> YAMLNode {
        guard let old = base.sequence, let new = over.sequence else { return over }
        var result = old
        for item in new {
            let name = subject(item)
            if name != nil, let at = result.firstIndex(where: { subject($0) == name }) {
                // What is described by a mapping of its own, as a network's addresses, is merged.
                result[at] = path.hasPrefix("networks.") ? generic(result[at], item, "\(path).*") : item
            } else {
                result.append(item)
            }
        }
        return YAMLNode(.sequence(result), at: over.place)
    }

    /// Both lists, each text once.
    private static func joined(_ old: [YAMLNode], _ new: [YAMLNode], at place: Place) -> YAMLNode {
        var seen: Set<String> = []
        let items = (old + new).filter { item in item.text.map { seen.insert($0).inserted } ?? true }
        return YAMLNode(.sequence(items), at: place)
    }

    private static func list(_ node: YAMLNode) -> [YAMLNode] { node.sequence ?? (node.isNull ? [] : [node]) }

    private static func names(_ node: YAMLNode) -> [YAMLNode.Pair]? {
        if let pairs = node.mapping { return pairs }
        guard let items = node.sequence else { return node.isNull ? [] : nil }
        return items.compactMap { item in
            item.text.map {
                .init(key: $0, keyPlace: item.place, value: YAMLNode(.scalar("", plain: true), at: item.place))
            }
        }
    }

    /// `host=address` each.
    private static func hosts(_ node: YAMLNode) -> [YAMLNode]? {
        if let items = node.sequence { return items }
        guard let pairs = node.mapping else { return node.isNull ? [] : nil }
        return pairs.flatMap { pair in
            list(pair.value).compactMap { address in
                address.text.map { YAMLNode(.scalar("\(pair.key)=\($0)", plain: false), at: address.place) }
            }
        }
    }

    @Sendable private static func secretTarget(_ node: YAMLNode) -> String? {
        (node["target"] ?? node["source"] ?? node).text.map(SecretFile.path)
    }

    @Sendable private static func configTarget(_ node: YAMLNode) -> String? {
        let target = (node["target"] ?? node["source"] ?? node).text
        return target.map { $0.hasPrefix("/") ? $0 : "/\($0)" }
    }

    @Sendable private static func volumeTarget(_ node: YAMLNode) -> String? {
        if let target = node["target"]?.text { return target }
        return node.text.flatMap { try? VolumeSyntax.parse($0).mount.target }
    }

    @Sendable private static func deviceTarget(_ node: YAMLNode) -> String? {
        if let target = node["target"]?.text { return target }
        let parts = node.text?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        return parts.count > 1 ? String(parts[1]) : parts.first.map(String.init)
    }

    @Sendable private static func linkName(_ node: YAMLNode) -> String? {
        node.text.map { String($0.prefix { $0 != "=" }) }
    }
}
