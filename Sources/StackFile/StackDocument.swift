internal import Model

/// A service as the files have it, merged but not yet understood.
struct RawService {
    var name: String
    var place: Place
    var keys: [YAMLNode.Pair]

    subscript(key: String) -> YAMLNode.Pair? { keys.first { $0.key == key } }
}

/// Finds the services in one file: at the top level (v1), or under `services`.
enum StackDocument {
    /// The file's services with their variables replaced.
    static func services(
        in root: YAMLNode, options: StackFileOptions, _ diagnostics: inout Diagnostics
    ) -> [RawService] {
        guard let top = root.mapping else {
            diagnostics.error(root.place, "must be a mapping of services, not \(root.kind)")
            return []
        }
        let entries: [YAMLNode.Pair]
        if isVersionOne(root) {
            entries = top.filter { pair in
                !TopLevelKeys.common.contains(pair.key) && !pair.key.hasPrefix("x-") && pair.key != "version"
            }
            TopLevelKeys.reportCommon(top, &diagnostics)
        } else {
            TopLevelKeys.report(top, &diagnostics)
            let services = root["services"]
            if let services, services.mapping == nil, !services.isNull {
                diagnostics.error(services.place, "\"services\" must be a mapping, not \(services.kind)")
            }
            entries = services?.mapping ?? []
        }
        return entries.compactMap { service($0, options: options, &diagnostics) }
    }

    /// Compose v1 has no `version` (or 1) and no `services`.
    private static func isVersionOne(_ root: YAMLNode) -> Bool {
        if let services = root["services"], services["image"]?.text == nil { return false }
        guard let version = root["version"]?.text else { return true }
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
        var interpolation = Interpolation(service: entry.key, options: options)
        let replaced = keys.map { pair in
            YAMLNode.Pair(
                key: pair.key, keyPlace: pair.keyPlace, value: interpolation.replace(pair.value, path: pair.key))
        }
        diagnostics.add(interpolation.diagnostics.findings)
        return RawService(name: entry.key, place: entry.keyPlace, keys: replaced)
    }
}
