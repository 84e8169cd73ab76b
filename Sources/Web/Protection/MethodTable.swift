import HTTPTypes

/// Which methods each path takes.
struct MethodTable: Sendable {
    private struct Entry: Sendable {
        /// Nil stands for a parameter.
        var parts: [Substring?]
        var method: String
    }

    /// By the number of parts.
    private var entries: [Int: [Entry]] = [:]

    init(_ routes: [Route]) {
        for route in routes {
            let parts = Self.parts(route.path).map { $0.hasPrefix("{") ? nil : $0 }
            entries[parts.count, default: []].append(Entry(parts: parts, method: route.method.rawValue))
        }
    }

    /// The methods of a path, sorted; empty where there is nothing at it.
    func methods(at path: String) -> [String] {
        let asked = Self.parts(path)
        let found = (entries[asked.count] ?? []).filter { entry in
            zip(entry.parts, asked).allSatisfy { $0 == nil || $0 == $1 }
        }.map(\.method)
        return Set(found + (found.contains("GET") ? ["HEAD"] : [])).sorted()
    }

    private static func parts(_ path: String) -> [Substring] { path.split(separator: "/") }
}
