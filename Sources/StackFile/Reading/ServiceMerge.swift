internal import Model

/// Lays later files over earlier ones: their services, and what stands beside them.
struct ServiceMerge {
    private(set) var services: [RawService] = []
    /// What stands beside the services, as one mapping.
    private(set) var sections: [YAMLNode.Pair] = []
    private var indices: [String: Int] = [:]

    /// `net` is an older name of `network_mode`.
    private static let displaces = ["net": "network_mode", "network_mode": "net"]

    /// Lays `service` over the one of its name, or puts it last.
    mutating func add(_ service: RawService) {
        if let index = indices[service.name] {
            services[index] = Self.merged(services[index], service)
        } else {
            indices[service.name] = services.count
            services.append(service)
        }
    }

    /// Lays `volumes`, `networks` and their like over those of earlier files.
    mutating func add(_ more: [YAMLNode.Pair]) {
        for pair in more {
            if let at = sections.firstIndex(where: { $0.key == pair.key }) {
                guard let value = MergeRules.merged(sections[at].value, pair.value, at: pair.key) else { continue }
                sections[at].value = value
            } else {
                sections.append(pair)
            }
        }
    }

    /// `over` laid over `base`: its place and name, the keys of both.
    static func merged(_ base: RawService, _ over: RawService) -> RawService {
        var result = base
        result.name = over.name
        result.isDefined = base.isDefined || over.isDefined
        for pair in over.keys {
            if let other = displaces[pair.key], over[other] == nil, !pair.value.isNull {
                result.keys.removeAll { $0.key == other }
            }
        }
        result.keys = MergeRules.merged(result.keys, over.keys, at: "services.*")
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
}
