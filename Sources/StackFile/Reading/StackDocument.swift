internal import Model

/// A service as the files have it, merged but not yet understood.
struct RawService {
    var name: String
    var place: Place
    var keys: [YAMLNode.Pair]
    /// Whether a compose file has it, and not a rancher-compose file alone.
    var isDefined = true

    subscript(key: String) -> YAMLNode.Pair? { keys.first { $0.key == key } }
}

/// What one file says: the services at its top level (v1) or under `services`, and what stands beside them.
struct StackDocument {
    var services: [RawService] = []
    /// `volumes`, `networks`, `configs`, `secrets`.
    var sections: [YAMLNode.Pair] = []
    /// `include`, as it is written.
    var includes: YAMLNode?

    /// What the tree says, with its variables replaced.
    init(_ root: YAMLNode, options: StackFileOptions, _ diagnostics: inout Diagnostics) {
        guard let top = root.mapping else {
            diagnostics.error(root.place, "must be a mapping of services, not \(root.kind)")
            return
        }
        let entries: [YAMLNode.Pair]
        if Self.isVersionOne(root) {
            entries = top.filter { pair in
                !TopLevelKeys.common.contains(pair.key) && !pair.key.hasPrefix("x-") && pair.key != "version"
            }
        } else {
            TopLevelKeys.report(top, &diagnostics)
            let named = root["services"]
            if let named, named.mapping == nil, !named.isNull {
                diagnostics.error(named.place, "\"services\" must be a mapping, not \(named.kind)")
            }
            entries = named?.mapping ?? []
            includes = root["include"]
            sections = top.filter { TopLevelKeys.sections.contains($0.key) && !$0.value.isNull }.map { pair in
                var interpolation = Interpolation(subject: pair.key, options: options)
                let value = interpolation.replace(pair.value, path: "")
                diagnostics.add(interpolation.diagnostics.findings)
                return YAMLNode.Pair(key: pair.key, keyPlace: pair.keyPlace, value: value)
            }
        }
        services = entries.compactMap { Self.service($0, options: options, &diagnostics) }
    }

    /// Compose v1 has no `version` (or 1) and no `services`.
    private static func isVersionOne(_ root: YAMLNode) -> Bool {
        if let services = root["services"], services["image"]?.text == nil { return false }
        guard let version = root["version"]?.text else {
            // A file of nothing but `include`, or of what its services have elsewhere.
            return root["include"]?.sequence == nil
        }
        return version == "1" || version == "1.0"
    }

    private static func service(
        _ entry: YAMLNode.Pair, options: StackFileOptions, _ diagnostics: inout Diagnostics
    ) -> RawService? {
        guard entry.key.wholeMatch(of: #/[a-zA-Z0-9._-]+/#) != nil else {
            diagnostics.error(
                entry.keyPlace, "\"\(entry.key)\" can't be a service's name",
                hint: "letters, digits, \".\", \"_\" and \"-\"")
            return nil
        }
        guard let keys = entry.value.isNull ? [] : entry.value.mapping else {
            diagnostics.error(
                entry.value.place,
                "service \"\(entry.key)\" must be a mapping, not \(entry.value.kind)")
            return nil
        }
        var interpolation = Interpolation(subject: "service \"\(entry.key)\"", options: options)
        let replaced = interpolation.replace(keys, path: "")
        diagnostics.add(interpolation.diagnostics.findings)
        return RawService(name: entry.key, place: entry.keyPlace, keys: replaced)
    }
}
