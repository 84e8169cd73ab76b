internal import Foundation
public import Model
internal import Yams

/// Reads one YAML document into a tree with places.
///
/// Duplicate keys, several documents, keys that are no text, tabs and endless aliases are errors with a place.
/// Anchors and merge keys (`<<`) are resolved, so readers never see them.
public enum YAMLReader {
    /// Nodes that a file may grow to when its aliases are written out.
    static let nodeLimit = 200_000
    /// Levels that collections may be nested.
    static let depthLimit = 100
    static let byteLimit = 4 << 20

    /// The document's root, or nil where there is nothing but comments. Throws one finding.
    public static func read(_ text: String, file: String) throws(Failure) -> YAMLNode? {
        if let problem = unreadable(text, file: file) { throw failure(problem) }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text, .basic)
        } catch let error as YamlError {
            throw failure(YAMLProblem.finding(for: error, in: text, file: file))
        } catch {
            throw failure(Place(file: file).finding(.error, "can't be read as YAML: \(error)"))
        }
        guard let root else { return nil }
        var converter = Converter(file: file)
        let tree = try converter.convert(root, depth: 0)
        return tree.isNull ? nil : tree
    }

    private static func failure(_ finding: Finding) -> Failure {
        Failure(.invalid, finding.description, findings: [finding])
    }

    /// What can be said before the parser sees the text: it is too big, no text, or nested beyond sense.
    private static func unreadable(_ text: String, file: String) -> Finding? {
        if text.utf8.count > byteLimit {
            return Place(file: file).finding(.error, "is larger than 4 MB, which no configuration file is")
        }
        var line = 1
        var column = 0
        var open = 0
        for byte in text.utf8 {
            column += 1
            switch byte {
            case 10:
                line += 1
                column = 0
            case 0...8, 11, 12, 14...31, 127:
                let place = Place(file: file, line: line, column: column)
                return place.finding(
                    .error, "is not a text file: byte 0x\(String(byte, radix: 16)) can't stand in YAML")
            case 91, 123: open += 1
            case 93, 125: open = max(0, open - 1)
            default: break
            }
            if open > 4 * depthLimit {
                return Place(file: file, line: line, column: column).finding(
                    .error, "brackets are nested more than \(depthLimit) deep")
            }
        }
        if hasComplexKeys(text) {
            return Place(file: file).finding(
                .error, "has keys that are lists, mappings or aliases, beside anchors; keys must be plain text")
        }
        return nil
    }

    /// Keys that are collections cost time that grows exponentially where anchors are nested, and no file needs them.
    private static func hasComplexKeys(_ text: String) -> Bool {
        guard text.contains("&"), text.contains("*") else { return false }
        return text.split(separator: "\n").contains { line in
            let line = line.drop { $0 == " " || $0 == "-" }
            return line.hasPrefix("? ") || line.hasPrefix("?\t") || line.hasPrefix("*") && line.contains(" : ")
                || (line.contains("[*") || line.contains("{*"))
                    && (line.contains("]:") || line.contains("}:")
                        || line.contains("] :") || line.contains("} :"))
        }
    }
}

/// Turns Yams' nodes into ours.
private struct Converter {
    let file: String
    var count = 0

    init(file: String) {
        self.file = file
    }

    mutating func convert(_ node: Node, depth: Int) throws(Failure) -> YAMLNode {
        var converted = try content(of: node, depth: depth)
        switch node.tag.description {
        case "!reset": converted.overriding = .reset
        case "!override": converted.overriding = .replace
        default: break
        }
        return converted
    }

    private mutating func content(of node: Node, depth: Int) throws(Failure) -> YAMLNode {
        let place = Place(file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
        count += 1
        guard count <= YAMLReader.nodeLimit else { throw fail(place, "aliases make this file too large to read") }
        guard depth <= YAMLReader.depthLimit else {
            throw fail(place, "is nested more than \(YAMLReader.depthLimit) deep")
        }
        switch node {
        case .scalar(let scalar):
            let plain =
                (scalar.style == .plain || scalar.style == .any) && scalar.tag.description != Tag.Name.str.rawValue
            return YAMLNode(.scalar(scalar.string, plain: plain), at: place)
        case .sequence(let sequence):
            var items: [YAMLNode] = []
            for item in sequence { items.append(try convert(item, depth: depth + 1)) }
            return YAMLNode(.sequence(items), at: place)
        case .mapping(let mapping):
            return YAMLNode(.mapping(try pairs(of: mapping, depth: depth)), at: place)
        case .alias:
            throw fail(place, "an alias can't stand here")
        }
    }

    /// Own keys first in the file's order, then what `<<` brings and no own key names; earlier ones win, as YAML 1.1 says.
    private mutating func pairs(of mapping: Node.Mapping, depth: Int) throws(Failure) -> [YAMLNode.Pair] {
        var own: [YAMLNode.Pair] = []
        var merged: [YAMLNode.Pair] = []
        for (key, value) in mapping {
            let keyPlace = Place(file: file, line: key.mark?.line ?? 0, column: key.mark?.column ?? 0)
            guard case .scalar(let scalar) = key else {
                throw fail(keyPlace, "a key must be text, not a list or a mapping")
            }
            let node = try convert(value, depth: depth + 1)
            if scalar.string == "<<", scalar.style == .plain || scalar.style == .any {
                merged += try mergedPairs(node, at: keyPlace)
            } else {
                own.append(.init(key: scalar.string, keyPlace: keyPlace, value: node))
            }
        }
        var names = Set(own.map(\.key))
        for pair in merged where names.insert(pair.key).inserted { own.append(pair) }
        return own
    }

    private func mergedPairs(_ node: YAMLNode, at place: Place) throws(Failure) -> [YAMLNode.Pair] {
        switch node.content {
        case .mapping(let pairs): return pairs
        case .sequence(let items):
            var all: [YAMLNode.Pair] = []
            for item in items {
                guard let pairs = item.mapping else { throw fail(place, "\"<<\" can merge mappings only") }
                all += pairs
            }
            return all
        case .scalar: throw fail(place, "\"<<\" can merge mappings only, not \(node.kind)")
        }
    }

    private func fail(_ place: Place, _ message: String) -> Failure {
        let finding = place.finding(.error, message)
        return Failure(.invalid, finding.description, findings: [finding])
    }
}
