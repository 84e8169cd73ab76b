internal import Model

/// What may stand beside `services`, and what happens with it.
enum TopLevelKeys {
    /// Keys that both v1 and later files may have.
    static let common: Set<String> = [".catalog", "catalog"]

    /// Read by ``SectionReader`` when all files are merged.
    static let sections: Set<String> = ["volumes", "networks", "configs", "secrets"]

    private static let read: Set<String> = ["version", "services", "include"]

    /// Of no meaning for what runs.
    private static let unused: Set<String> = ["name", "dependencies"]

    /// Leaving it out would change what runs.
    private static let refused: Set<String> = [
        "containers", "load_balancers", "storage_drivers", "network_drivers", "virtual_machines", "external_services",
        "aliases", "hosts", "models",
    ]

    static func report(_ pairs: [YAMLNode.Pair], _ diagnostics: inout Diagnostics) {
        let known = unused.union(refused).union(sections).union(read)
        for pair in pairs where !pair.key.hasPrefix("x-") && !pair.value.isBlank {
            switch pair.key {
            case let key where sections.contains(key) || read.contains(key) || common.contains(key): break
            case let key where unused.contains(key):
                diagnostics.warn(pair.keyPlace, "\"\(pair.key)\" is read but not used yet")
            case let key where refused.contains(key):
                diagnostics.error(
                    pair.keyPlace, "\"\(key)\" is not carried out yet, and leaving it out would change what runs")
            default:
                diagnostics.error(
                    pair.keyPlace, "unknown key \"\(pair.key)\" beside \"services\"",
                    hint: Suggestion.nearest(to: pair.key, in: known).map { "did you mean \"\($0)\"?" }
                        ?? "services stand under \"services\"")
            }
        }
    }
}

extension YAMLNode {
    /// Whether nothing is said: null, an empty mapping or an empty list.
    var isBlank: Bool { isNull || mapping?.isEmpty == true || sequence?.isEmpty == true }
}
