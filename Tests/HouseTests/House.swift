import Foundation

/// The floors of the house, the sources as they are, and what `Package.swift` allows.
struct House {
    /// The floor of each target. One may import those on lower floors, never a sibling.
    static let floors: [String: Int] = [
        "Model": 0, "HTTPTransport": 0, "LinuxCalls": 0,
        "Store": 1, "StackFile": 1, "DockerAPI": 1, "Git": 1, "Supervisor": 1, "Secrets": 1, "Outbound": 1,
        "Client": 1, "StepAgent": 1, "NameServer": 1,
        "Engines": 2, "agent": 2,
        "Pipeline": 3, "Stacks": 3, "Forge": 3, "Access": 3, "SecretStore": 3,
        "Delivery": 4, "Simulation": 4,
        "Web": 5, "simulate": 5,
        "slipway": 6,
    ]

    /// One Swift file of the house.
    struct File {
        /// The path from the package's folder.
        let path: String
        /// The target whose folder it lies in; `XTests` for tests.
        let target: String
        let lines: [Substring]

        /// The modules that it imports, with the number of the line.
        var imports: [(line: Int, module: String)] {
            lines.enumerated().compactMap { index, line in
                House.module(importedBy: line).map { (index + 1, $0) }
            }
        }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All Swift files under a folder of the package.
    static func files(under folder: String) throws -> [File] {
        let base = root.appending(path: folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: base.path)
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOf: base.appending(path: path), encoding: .utf8)
            return File(
                path: "\(folder)/\(path)",
                target: String(path.prefix { $0 != "/" }),
                lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    /// The module that a line imports, whatever stands before and after it: `@testable`, `public`, `struct`, …
    static func module(importedBy line: some StringProtocol) -> String? {
        // Few lines do, and the pattern is slow.
        guard line.contains("import") else { return nil }
        let pattern =
            #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:typealias|struct|class|enum|protocol|let|var|func)\s+)?(\w+)/#
        return String(line).firstMatch(of: pattern).map { String($0.1) }
    }

    /// The targets of the house that each target may depend on, as `Package.swift` says.
    static func declaredDependencies() throws -> [String: Set<String>] {
        let manifest = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
        let pattern = #/(?:room\(|executableTarget\(\s*name:)\s*"(\w+)"(?:,\s*(?:dependencies:\s*)?\[([^\]]*)\])?/#
        var declared: [String: Set<String>] = [:]
        for match in manifest.matches(of: pattern) {
            let names = (match.2 ?? "").matches(of: #/"(\w+)"/#).map { String($0.1) }
            declared[String(match.1)] = Set(names).intersection(floors.keys)
        }
        return declared
    }

    /// Whether a target on its floor may import another.
    static func mayImport(_ importer: String, _ imported: String) -> Bool {
        guard let above = floors[importer], let below = floors[imported] else { return false }
        return below < above
    }
}
