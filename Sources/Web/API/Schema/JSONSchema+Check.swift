import Foundation
import Model

/// What doesn't fit a schema.
struct SchemaMismatch: Hashable, Sendable {
    /// A sentence: `services.0 is not a string`.
    var text: String
    /// Whether the shape is right and only a value isn't.
    var isValue = false

    init(_ path: [String], _ text: String, isValue: Bool = false) {
        self.text = path.isEmpty ? "it \(text)" : "\(path.joined(separator: ".")) \(text)"
        self.isValue = isValue
    }
}

extension JSONSchema {
    /// The first thing in `value`, which is JSON as `JSONSerialization` reads it, that doesn't fit.
    func mismatch(in value: Any, at path: [String] = []) -> SchemaMismatch? {
        switch (kind, value) {
        case (.object, let object as [String: Any]): return mismatch(inObject: object, at: path)
        case (.array, let list as [Any]):
            guard let element = elements.first else { return nil }
            for (index, value) in list.enumerated() {
                if let found = element.mismatch(in: value, at: path + ["\(index)"]) { return found }
            }
            return nil
        case (.string, let text as String): return mismatch(inText: text, at: path)
        case (.boolean, let number as NSNumber) where number.isFlag: return nil
        case (.number, let number as NSNumber) where !number.isFlag: return nil
        case (.integer, let number as NSNumber) where !number.isFlag:
            guard let whole = Int64(exactly: number.doubleValue.rounded()) ?? Int64(exactly: number),
                number.doubleValue == number.doubleValue.rounded()
            else { return SchemaMismatch(path, "is not a whole number") }
            return mismatch(inNumber: Int64(exactly: number) ?? whole, at: path)
        case (_, is NSNull): return SchemaMismatch(path, "is null: leave it away")
        default: return SchemaMismatch(path, "is not \(kind.words)")
        }
    }

    private func mismatch(inObject object: [String: Any], at path: [String]) -> SchemaMismatch? {
        for (name, value) in object.sorted(by: { $0.key < $1.key }) {
            guard let schema = elements.first ?? properties[name] else {
                let near = properties.keys.sorted().joined(separator: ", ")
                return SchemaMismatch(path + [String(name.prefix(60))], "is unknown here; there are: \(near)")
            }
            if let found = schema.mismatch(in: value, at: path + [String(name.prefix(60))]) { return found }
        }
        let missing = required.subtracting(object.keys).sorted().first
        return missing.map { SchemaMismatch(path + [$0], "is missing") }
    }

    private func mismatch(inText value: String, at path: [String]) -> SchemaMismatch? {
        // SQLite, file systems and process arguments would cut the text there.
        if value.unicodeScalars.contains("\0") { return SchemaMismatch(path, "has a NUL character", isValue: true) }
        if !values.isEmpty, !values.contains(value) {
            return SchemaMismatch(path, "is none of \(values.joined(separator: ", "))", isValue: true)
        }
        if let longest, value.unicodeScalars.count > longest {
            return SchemaMismatch(path, "is longer than \(longest) characters", isValue: true)
        }
        if let shortest, value.unicodeScalars.count < shortest {
            return SchemaMismatch(path, "is shorter than \(shortest) characters", isValue: true)
        }
        if let pattern, (try? Regex(pattern).wholeMatch(in: value)) == nil {
            return SchemaMismatch(path, "is not as described\(text.map { ": \($0)" } ?? "")", isValue: true)
        }
        return nil
    }

    func mismatch(inNumber value: Int64, at path: [String]) -> SchemaMismatch? {
        if let minimum, value < minimum { return SchemaMismatch(path, "is less than \(minimum)", isValue: true) }
        if let maximum, value > maximum { return SchemaMismatch(path, "is more than \(maximum)", isValue: true) }
        if !values.isEmpty, !values.contains("\(value)") {
            return SchemaMismatch(path, "is none of \(values.joined(separator: ", "))", isValue: true)
        }
        return nil
    }

    /// The same of a parameter, which is always a text.
    func mismatch(inParameter text: String, named name: String) -> SchemaMismatch? {
        guard kind == .integer else { return mismatch(in: text, at: [name]) }
        guard let number = Int64(text) else { return SchemaMismatch([name], "is not a number") }
        return mismatch(inNumber: number, at: [name])
    }
}

extension JSONSchema.Kind {
    fileprivate var words: String {
        switch self {
        case .string: "a text"
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .number: "a number"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension NSNumber {
    /// Whether it was `true` or `false` in the JSON.
    fileprivate var isFlag: Bool { String(cString: objCType) == "c" }
}
