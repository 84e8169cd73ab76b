/// What an expression of a template may be.
enum GoValue: Hashable, Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case text(String)
    case list([GoValue])
    case map([String: GoValue])

    /// Whether `if` takes it for true: not empty and not nought.
    var isTrue: Bool {
        switch self {
        case .none: false
        case .bool(let bool): bool
        case .int(let int): int != 0
        case .text(let text): !text.isEmpty
        case .list(let items): !items.isEmpty
        case .map(let pairs): !pairs.isEmpty
        }
    }

    /// As it is printed.
    var printed: String {
        switch self {
        case .none: "<no value>"
        case .bool(let bool): bool ? "true" : "false"
        case .int(let int): String(int)
        case .text(let text): text
        case .list(let items): "[\(items.map(\.printed).joined(separator: " "))]"
        case .map(let pairs):
            "map[\(pairs.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.printed)" }.joined(separator: " "))]"
        }
    }

    /// For messages.
    var kind: String {
        switch self {
        case .none: "nothing"
        case .bool: "true or false"
        case .int: "a number"
        case .text: "a text"
        case .list: "a list"
        case .map: "a mapping"
        }
    }
}

/// Why a template can't be rendered, where it isn't known yet.
struct GoProblem: Error {
    let message: String
    let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}
