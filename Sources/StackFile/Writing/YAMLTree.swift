/// YAML that is to be written.
indirect enum YAMLTree: Hashable, Sendable {
    /// Any text, quoted where it must be.
    case text(String)
    /// A number, or true or false.
    case plain(String)
    case list([YAMLTree])
    /// In the order in which they are written.
    case map([Pair])
    case null

    struct Pair: Hashable, Sendable {
        var key: String
        var value: YAMLTree
    }

    /// The text, with a line feed at its end.
    var yaml: String { lines.map { "\($0)\n" }.joined() }

    private var lines: [String] {
        switch self {
        case .text, .plain, .null: return [inline]
        case .list(let items):
            return items.isEmpty ? ["[]"] : items.flatMap { Self.indented($0.lines, first: "- ") }
        case .map(let pairs):
            guard !pairs.isEmpty else { return ["{}"] }
            return pairs.flatMap { pair -> [String] in
                let key = Self.quoted(pair.key)
                if pair.value.isInline { return ["\(key): \(pair.value.inline)"] }
                return ["\(key):"] + Self.indented(pair.value.lines, first: "  ")
            }
        }
    }

    private var isInline: Bool {
        switch self {
        case .text, .plain, .null: true
        case .list(let items): items.isEmpty
        case .map(let pairs): pairs.isEmpty
        }
    }

    private var inline: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .plain(let text): text
        case .null: "null"
        case .list: "[]"
        case .map: "{}"
        }
    }

    private static func indented(_ lines: [String], first: String) -> [String] {
        lines.enumerated().map { ($0.offset == 0 ? first : "  ") + $0.element }
    }

    /// As it is where no reader of YAML could take it for anything else, in double quotes otherwise.
    private static func quoted(_ text: String) -> String {
        if text.wholeMatch(of: #/[A-Za-z_\/][A-Za-z0-9_.\/@\-]*(:[A-Za-z0-9_.\/@\-]+)*/#) != nil,
            !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        {
            return text
        }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// Collects what is said; what says nothing is left out.
struct YAMLMap {
    private(set) var pairs: [YAMLTree.Pair] = []

    var tree: YAMLTree { .map(pairs) }
    var isEmpty: Bool { pairs.isEmpty }

    mutating func add(_ key: String, _ value: YAMLTree?) {
        guard let value else { return }
        pairs.append(.init(key: key, value: value))
    }

    /// `$` begins a variable in stack files, and is written twice where it is meant.
    static func text(_ text: String) -> YAMLTree { .text(text.replacing("$", with: "$$")) }

    mutating func add(_ key: String, text: String?) { add(key, text.map(Self.text)) }

    mutating func add(_ key: String, number: (some BinaryInteger)?) { add(key, number.map { .plain("\($0)") }) }

    /// Only what isn't so by itself.
    mutating func add(_ key: String, flag: Bool?, unless usual: Bool = false) {
        guard let flag, flag != usual else { return }
        add(key, .plain("\(flag)"))
    }

    mutating func add(_ key: String, list: [String]) {
        if !list.isEmpty { add(key, .list(list.map(Self.text))) }
    }

    mutating func add(_ key: String, names: [String: String]) {
        guard !names.isEmpty else { return }
        add(key, .map(names.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: Self.text($0.value)) }))
    }

    /// A mapping of its own, where it has anything.
    mutating func add(_ key: String, map: YAMLMap) {
        if !map.isEmpty { add(key, map.tree) }
    }
}
