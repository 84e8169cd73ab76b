/// Key by key, what each engine makes of a stack file; `docs/engines.md` shows it whole. A new key is a row.
enum EngineTable {
    static let rows: [EngineRow] =
        process + ports + networks + mounts + isolation + resources + lifecycle + deploy + rancher + elsewhere + labels
        + sectionRows

    /// Of the service's own name.
    static let names = [
        EngineRow(
            .service, "name", .noLabel, docker: "containers' names", swarm: "Annotations.Name",
            kubernetes: .refused(
                "can't be the name of a Deployment and its Service",
                hint: "lower-case letters, digits and \"-\", at most 63, a letter first"))
    ]

    /// Keys beside `services` whose entries are judged.
    static let sections: [String: EngineRow.Scope] = ["volumes": .volume, "networks": .network, "configs": .config]

    private static let byScope: [EngineRow.Scope: [String: [EngineRow]]] = {
        var result: [EngineRow.Scope: [String: [EngineRow]]] = [:]
        for row in rows {
            for key in row.keys { result[row.scope, default: [:]][key, default: []].append(row) }
        }
        return result
    }()

    /// Keys that have rows for keys in them.
    private static let leading: [EngineRow.Scope: Set<String>] = byScope.mapValues { rows in
        var paths: Set<String> = []
        for key in rows.keys {
            var path = key[...]
            while let dot = path.lastIndex(of: ".") {
                path = path[..<dot]
                paths.insert(String(path))
            }
        }
        return paths
    }

    private static let labelPrefixes = rows.filter { $0.scope == .label && $0.keys.contains { $0.hasSuffix("*") } }

    static func rows(of path: String, _ scope: EngineRow.Scope) -> [EngineRow] { byScope[scope]?[path] ?? [] }

    static func leads(_ path: String, _ scope: EngineRow.Scope) -> Bool { leading[scope]?.contains(path) ?? false }

    static func rows(ofLabel label: String) -> [EngineRow] {
        if let rows = byScope[.label]?[label] { return rows }
        return labelPrefixes.filter { row in
            row.keys.contains { $0.hasSuffix("*") && label.hasPrefix($0.dropLast()) }
        }
    }
}
