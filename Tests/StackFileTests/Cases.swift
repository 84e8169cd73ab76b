import Foundation
import StackFile

/// Rows of the shared compose cases: beside the checkout, or where `SLIPWAY_CASES` says; nil where they are not.
enum Cases {
    static let folder: String? = {
        let given = ProcessInfo.processInfo.environment["SLIPWAY_CASES"]
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let candidates = [given, root.appendingPathComponent("../shared/cases").path].compactMap { $0 }
        return candidates.first { FileManager.default.fileExists(atPath: $0 + "/compose") }
    }()

    static var areThere: Bool { folder != nil }

    /// A file of the cases as a tree: JSON is YAML.
    static func tree(_ path: String) throws -> YAMLNode {
        let text = try String(contentsOfFile: "\(folder ?? "")/\(path)", encoding: .utf8)
        return try YAMLReader.read(text, file: path) ?? YAMLNode(.mapping([]), at: Place(file: path))
    }

    /// The value of `key` in `compose/<name>.json`; empty where the cases are not there.
    static func rows<Row: Decodable>(_ name: String, _ key: String = "cases", as: Row.Type) throws -> [Row] {
        guard let folder else { return [] }
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/compose/\(name).json"))
        return try JSONDecoder().decode([String: Loose<Row>].self, from: data)[key]?.rows ?? []
    }
}

/// A list of rows, or something else that a file holds beside them.
private struct Loose<Row: Decodable>: Decodable {
    let rows: [Row]?

    init(from decoder: any Decoder) throws {
        rows = try? decoder.singleValueContainer().decode([Row].self)
    }
}
