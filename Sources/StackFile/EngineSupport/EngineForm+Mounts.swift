internal import Model

/// Forms of ports and volumes, in their short and long syntaxes.
extension EngineForm {
    static let hostAddress = items("at one address of the host") { item, _ in
        if item.mapping != nil { return item["host_ip"].map { !$0.isNull } ?? false }
        return item.text.flatMap { try? PortSyntax.parse($0) }?.contains { $0.hostAddress != nil } ?? false
    }
    static let udp = items("udp") { item, _ in
        (item["protocol"]?.text ?? item.text.map { String($0.suffix(4)) })?.lowercased().hasSuffix("udp") ?? false
    }

    static let bind = volumes("a path of the host") { $0 == .bind }
    static let named = volumes("a name") { $0 == .named }
    static let anonymous = volumes("of the container alone") { $0 == .anonymous }
    static let inMemory = volumes("type: tmpfs") { $0 == .other("tmpfs") }
    static let ofImage = volumes("type: image") { $0 == .other("image") }
    static let ofCluster = volumes("type: cluster") { $0 == .other("cluster") }
    static let ofPipe = volumes("type: npipe") { $0 == .other("npipe") }

    /// `z` and `Z`, as SELinux wants them.
    static let relabelled = items("z, Z") { item, _ in
        if let bind = item["bind"] { return bind["selinux"].map { !$0.isNull } ?? false }
        let options = (try? VolumeSyntax.parse(item.text ?? ""))?.options ?? []
        return options.contains { $0 == "z" || $0 == "Z" }
    }

    private enum Kind: Equatable {
        case bind, named, anonymous
        case other(String)
    }

    private static func volumes(_ name: String, _ test: @escaping @Sendable (Kind) -> Bool) -> EngineForm {
        items(name) { item, _ in kind(item).map(test) ?? false }
    }

    private static func kind(_ item: YAMLNode) -> Kind? {
        if item.mapping != nil {
            let type = item["type"]?.text ?? "volume"
            if type == "bind" { return .bind }
            if type != "volume" { return .other(type) }
            return item["source"]?.text == nil ? .anonymous : .named
        }
        guard let mount = try? VolumeSyntax.parse(item.text ?? "").mount else { return nil }
        return mount.isBind ? .bind : mount.source == nil ? .anonymous : .named
    }

    /// A key of each network's mapping.
    static func ofNetwork(_ keys: String...) -> EngineForm {
        EngineForm(name: keys.joined(separator: ", ")) { pair, _ in
            (pair.value.mapping ?? []).flatMap { network in
                (network.value.mapping ?? []).filter { keys.contains($0.key) && !$0.value.isNull }.map(\.keyPlace)
            }
        }
    }
}
