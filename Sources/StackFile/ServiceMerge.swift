internal import Model

/// Lays a later file's services over an earlier one's, as compose does (compose-go `override/merge.go`).
struct ServiceMerge {
    private(set) var services: [RawService] = []
    private var indices: [String: Int] = [:]

    /// How two values of one key become one. Keys that aren't named here: mappings merge, lists are joined, the rest
    /// is replaced.
    private enum Rule {
        case replace
        /// `KEY=value` lists and mappings alike, by key.
        case byName(separator: Character)
        /// Lists, by each item's path in the container.
        case byTarget(@Sendable (YAMLNode) -> String?)
    }

    private static let rules: [String: Rule] = [
        "command": .replace, "entrypoint": .replace,
        "environment": .byName(separator: "="), "labels": .byName(separator: "="),
        "annotations": .byName(separator: "="), "sysctls": .byName(separator: "="),
        "volumes": .byTarget(volumeTarget), "secrets": .byTarget(secretTarget),
    ]

    /// `net` is an older name of `network_mode`.
    private static let displaces = ["net": "network_mode", "network_mode": "net"]

    /// Lays `service` over the one of its name, or puts it last.
    mutating func add(_ service: RawService) {
        guard let index = indices[service.name] else {
            indices[service.name] = services.count
            services.append(service)
            return
        }
        for pair in service.keys where !pair.value.isNull {
            if let other = Self.displaces[pair.key], service[other] == nil {
                services[index].keys.removeAll { $0.key == other }
            }
            guard let at = services[index].keys.firstIndex(where: { $0.key == pair.key }) else {
                services[index].keys.append(pair)
                continue
            }
            let base = services[index].keys[at].value
            services[index].keys[at] = YAMLNode.Pair(
                key: pair.key, keyPlace: pair.keyPlace, value: Self.merged(base, pair.value, rule: Self.rules[pair.key])
            )
        }
    }

    private static func merged(_ base: YAMLNode, _ over: YAMLNode, rule: Rule?) -> YAMLNode {
        switch rule {
        case .replace: return over
        case .byName(let separator):
            guard let old = pairs(base, separator), let new = pairs(over, separator) else { return over }
            return YAMLNode(.mapping(overlay(old, new) { _, over in over }), at: over.place)
        case .byTarget(let target):
            guard let old = base.sequence, let new = over.sequence else { return over }
            return YAMLNode(.sequence(overlay(old, new, by: target)), at: over.place)
        case nil: return generic(base, over)
        }
    }

    private static func generic(_ base: YAMLNode, _ over: YAMLNode) -> YAMLNode {
        if over.isNull { return base }
        if let old = base.mapping, let new = over.mapping {
            return YAMLNode(.mapping(overlay(old, new, generic)), at: over.place)
        }
        if let old = base.sequence, let new = over.sequence {
            var seen: Set<String> = []
            let items = (old + new).filter { item in item.text.map { seen.insert($0).inserted } ?? true }
            return YAMLNode(.sequence(items), at: over.place)
        }
        return over
    }

    private static func overlay(
        _ old: [YAMLNode.Pair], _ new: [YAMLNode.Pair], _ combine: (YAMLNode, YAMLNode) -> YAMLNode
    ) -> [YAMLNode.Pair] {
        var result = old
        for pair in new {
            if let at = result.firstIndex(where: { $0.key == pair.key }) {
                result[at] = YAMLNode.Pair(
                    key: pair.key, keyPlace: pair.keyPlace, value: combine(result[at].value, pair.value))
            } else {
                result.append(pair)
            }
        }
        return result
    }

    /// What is put at a path takes the place of what was there (compose-go `override/uncity.go`).
    private static func overlay(
        _ old: [YAMLNode], _ new: [YAMLNode], by target: (YAMLNode) -> String?
    ) -> [YAMLNode] {
        var result = old
        for item in new {
            let path = target(item)
            if path != nil, let at = result.firstIndex(where: { target($0) == path }) {
                result[at] = item
            } else {
                result.append(item)
            }
        }
        return result
    }

    /// A list of `KEY=value` as a mapping; `KEY` alone has a null value.
    static func pairs(_ node: YAMLNode, _ separator: Character = "=") -> [YAMLNode.Pair]? {
        if let pairs = node.mapping { return pairs }
        guard let items = node.sequence else { return node.isNull ? [] : nil }
        return items.compactMap { item in
            guard let text = item.text else { return nil }
            guard let at = text.firstIndex(of: separator) else {
                return .init(key: text, keyPlace: item.place, value: YAMLNode(.scalar("", plain: true), at: item.place))
            }
            let value = YAMLNode(.scalar(String(text[text.index(after: at)...]), plain: false), at: item.place)
            return .init(key: String(text[..<at]), keyPlace: item.place, value: value)
        }
    }

    @Sendable private static func secretTarget(_ node: YAMLNode) -> String? {
        (node["target"] ?? node["source"] ?? node).text.map(SecretFile.path)
    }

    @Sendable private static func volumeTarget(_ node: YAMLNode) -> String? {
        if let target = node["target"]?.text { return target }
        return node.text.flatMap { try? VolumeSyntax.parse($0).mount.target }
    }
}
