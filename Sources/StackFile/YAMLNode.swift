/// A YAML tree that knows where everything stands. Scalars stay text: each reader says what it wants them to be.
public struct YAMLNode: Hashable, Sendable {
    public indirect enum Content: Hashable, Sendable {
        /// The text; `plain` when it stood without quotes, so that `null` and `true` mean what YAML says.
        case scalar(String, plain: Bool)
        case sequence([YAMLNode])
        case mapping([Pair])
    }

    /// A key and its value; keys are text, as compose files and ours have them.
    public struct Pair: Hashable, Sendable {
        public var key: String
        public var keyPlace: Place
        public var value: YAMLNode

        public init(key: String, keyPlace: Place, value: YAMLNode) {
            self.key = key
            self.keyPlace = keyPlace
            self.value = value
        }
    }

    /// What a later file's value does to an earlier one's, in place of being merged with it: compose's `!reset` and
    /// `!override`.
    public enum Overriding: Hashable, Sendable {
        case reset, replace
    }

    public var content: Content
    public var place: Place
    public var overriding: Overriding?

    public init(_ content: Content, at place: Place) {
        self.content = content
        self.place = place
    }
}

extension YAMLNode {
    /// Pairs of a mapping in the file's order; nil for anything else.
    public var mapping: [Pair]? {
        if case .mapping(let pairs) = content { pairs } else { nil }
    }

    /// Items of a sequence; nil for anything else.
    public var sequence: [YAMLNode]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    /// Text of a scalar, null included as its text; nil for anything else.
    public var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    /// Whether this is YAML's null: nothing, `~` or `null` without quotes.
    public var isNull: Bool {
        if case .scalar(let text, plain: true) = content {
            ["", "~", "null", "Null", "NULL"].contains(text)
        } else {
            false
        }
    }

    /// A boolean as YAML 1.1 writes it (`yes`, `On`, `false` …), quoted or not, for what interpolation made is text.
    public var bool: Bool? {
        switch text {
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y": true
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N": false
        default: nil
        }
    }

    /// A whole number, quoted or not; `_` may group digits, `0x` and `0o` are understood.
    public var int: Int? {
        guard let text, !text.isEmpty else { return nil }
        let digits = text.filter { $0 != "_" }
        if digits.hasPrefix("0x") { return Int(digits.dropFirst(2), radix: 16) }
        if digits.hasPrefix("0o") { return Int(digits.dropFirst(2), radix: 8) }
        return Int(digits)
    }

    public subscript(key: String) -> YAMLNode? { mapping?.first { $0.key == key }?.value }

    /// `a mapping`, `a list`, `nothing` or the text in quotes: for messages.
    public var kind: String {
        switch content {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let text, _): isNull ? "nothing" : "\"\(text.count > 60 ? text.prefix(60) + "…" : text)\""
        }
    }
}
