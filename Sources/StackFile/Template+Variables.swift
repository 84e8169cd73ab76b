/// A variable that a text uses, and what it says for the case that it is not set.
public struct TemplateVariable: Hashable, Sendable {
    public var name: String
    /// The word of `${NAME:-word}`.
    public var defaultValue: String?
    /// The word of `${NAME:+word}`.
    public var presenceValue: String?
    /// Whether `${NAME:?}` wants it.
    public var isRequired = false

    init(name: String) {
        self.name = name
    }
}

extension Template {
    /// The variables of a text in their order, those within words of others included.
    public static func variables(in text: String) -> [TemplateVariable] {
        var found: [TemplateVariable] = []
        collect(Array(text.utf8)[...], into: &found, depth: 0)
        return found
    }

    private static func collect(_ text: ArraySlice<UInt8>, into found: inout [TemplateVariable], depth: Int) {
        guard depth < 50 else { return }
        var rest = text
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            rest = rest[(dollar + 1)...]
            if rest.first == UInt8(ascii: "$") {
                rest = rest.dropFirst()
            } else if rest.first == UInt8(ascii: "{") {
                guard let (inside, after) = try? braced(rest, whole: text) else { return }
                collectBraced(inside, into: &found, depth: depth)
                rest = after
            } else if let name = name(at: rest) {
                found.append(TemplateVariable(name: String(decoding: name, as: UTF8.self)))
                rest = rest[name.endIndex...]
            }
        }
    }

    private static func collectBraced(
        _ inside: ArraySlice<UInt8>, into found: inout [TemplateVariable], depth: Int
    ) {
        guard let name = name(at: inside) else { return }
        var variable = TemplateVariable(name: String(decoding: name, as: UTF8.self))
        let tail = inside[name.endIndex...]
        guard let (operation, word) = split(tail) else {
            if tail.isEmpty { found.append(variable) }
            return
        }
        let text = String(decoding: word, as: UTF8.self)
        switch operation {
        case .softDefault, .hardDefault: variable.defaultValue = text
        case .softPresence, .hardPresence: variable.presenceValue = text
        case .softRequired, .hardRequired: variable.isRequired = true
        }
        found.append(variable)
        if !variable.isRequired { collect(word, into: &found, depth: depth + 1) }
    }

    private static func name(at text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let first = text.first, isNameByte(first), !isDigit(first) else { return nil }
        return text.prefix(while: isNameByte)
    }
}

extension YAMLNode {
    /// The variables of all values, each once: the first use counts.
    public var variables: [TemplateVariable] {
        var seen: Set<String> = []
        return allVariables.filter { seen.insert($0.name).inserted }
    }

    private var allVariables: [TemplateVariable] {
        switch content {
        case .scalar(let text, _): text.utf8.contains(UInt8(ascii: "$")) ? Template.variables(in: text) : []
        case .sequence(let items): items.flatMap(\.allVariables)
        case .mapping(let pairs): pairs.flatMap(\.value.allVariables)
        }
    }
}
