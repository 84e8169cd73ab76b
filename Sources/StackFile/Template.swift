/// compose-spec's interpolation of one string: `$NAME`, `${NAME}`, `${NAME:-word}` and its kin, `$$` (reference:
/// compose-go `template/template.go`). Values only, never keys.
public enum Template {
    /// Why a string can't be interpolated.
    public enum Problem: Error, Hashable, Sendable {
        /// `${` that nothing sensible follows.
        case invalid(String)
        /// `${NAME:?reason}` and the variable is missing.
        case required(variable: String, reason: String)

        public var description: String {
            switch self {
            case .invalid(let template): "Invalid template: \"\(template)\""
            case .required(let variable, let reason):
                "required variable \(variable) is missing a value" + (reason.isEmpty ? "" : ": \(reason)")
            }
        }
    }

    /// `:-`, `-`, `:+`, `+`, `:?` or `?`.
    enum Operator: String, CaseIterable {
        case softDefault = ":-"
        case hardDefault = "-"
        case softPresence = ":+"
        case hardPresence = "+"
        case softRequired = ":?"
        case hardRequired = "?"
    }

    /// The text with its variables replaced, and each use of a name that was neither set nor given a default.
    public static func substitute(
        _ text: String, _ lookup: (String) -> String?
    ) throws(Problem) -> (text: String, unset: [String]) {
        var unset: [String] = []
        var depth = 0
        let result = try expand(Array(text.utf8)[...], lookup, &unset, &depth)
        return (String(decoding: result, as: UTF8.self), unset)
    }

    private static func expand(
        _ text: ArraySlice<UInt8>, _ lookup: (String) -> String?, _ unset: inout [String], _ depth: inout Int
    ) throws(Problem) -> [UInt8] {
        depth += 1
        defer { depth -= 1 }
        guard depth < 50 else { throw .invalid(String(decoding: text.prefix(80), as: UTF8.self)) }
        var output: [UInt8] = []
        var rest = text
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            output += rest[..<dollar]
            rest = rest[(dollar + 1)...]
            guard let next = rest.first else {
                output.append(UInt8(ascii: "$"))
                break
            }
            if next == UInt8(ascii: "$") {
                output.append(next)
                rest = rest.dropFirst()
            } else if next == UInt8(ascii: "{") {
                let (inside, after) = try braced(rest, whole: text)
                output += try value(of: inside, whole: text, lookup, &unset, &depth)
                rest = after
            } else {
                let name = rest.prefix(while: isNameByte)
                if name.isEmpty || isDigit(next) {
                    output.append(UInt8(ascii: "$"))
                } else {
                    output += plain(String(decoding: name, as: UTF8.self), lookup, &unset)
                    rest = rest[name.endIndex...]
                }
            }
        }
        return output + rest
    }

    /// What stands between the braces, and what follows them. Braces nest; an unclosed one is an error.
    static func braced(
        _ text: ArraySlice<UInt8>, whole: ArraySlice<UInt8>
    ) throws(Problem) -> (inside: ArraySlice<UInt8>, after: ArraySlice<UInt8>) {
        var open = 0
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "}"):
                open -= 1
                if open == 0 { return (text[(text.startIndex + 1)..<index], text[(index + 1)...]) }
            case UInt8(ascii: "{"):
                open += 1
                // The character after a brace doesn't count, as in compose-go: `${X:-{}}` has the default `{}`.
                index += 1
            default: break
            }
            index += 1
        }
        guard let last = text.lastIndex(of: UInt8(ascii: "}")) else {
            throw .invalid(String(decoding: whole, as: UTF8.self))
        }
        return (text[(text.startIndex + 1)..<last], text[(last + 1)...])
    }

    private static func value(
        of inside: ArraySlice<UInt8>, whole: ArraySlice<UInt8>, _ lookup: (String) -> String?, _ unset: inout [String],
        _ depth: inout Int
    ) throws(Problem) -> [UInt8] {
        let nameBytes = inside.prefix(while: isNameByte)
        let name = String(decoding: nameBytes, as: UTF8.self)
        let tail = inside[nameBytes.endIndex...]
        guard let first = nameBytes.first, !isDigit(first) else {
            throw .invalid(String(decoding: whole, as: UTF8.self))
        }
        if tail.isEmpty { return plain(name, lookup, &unset) }
        // compose-go's pattern ends at a line's end: a word can't span lines.
        guard !tail.contains(10), let (operation, word) = split(tail) else {
            throw .invalid(String(decoding: whole, as: UTF8.self))
        }
        let value = lookup(name)
        let missing = operation.rawValue.hasPrefix(":") ? value?.isEmpty ?? true : value == nil
        switch operation {
        case .softDefault, .hardDefault:
            return missing ? try expand(word, lookup, &unset, &depth) : Array((value ?? "").utf8)
        case .softPresence, .hardPresence:
            return missing ? [] : try expand(word, lookup, &unset, &depth)
        case .softRequired, .hardRequired:
            guard missing else { return Array((value ?? "").utf8) }
            let reason = String(decoding: try expand(word, lookup, &unset, &depth), as: UTF8.self)
            throw .required(variable: name, reason: reason)
        }
    }

    static func split(_ tail: ArraySlice<UInt8>) -> (Operator, ArraySlice<UInt8>)? {
        for operation in Operator.allCases where tail.starts(with: operation.rawValue.utf8) {
            return (operation, tail.dropFirst(operation.rawValue.utf8.count))
        }
        return nil
    }

    private static func plain(_ name: String, _ lookup: (String) -> String?, _ unset: inout [String]) -> [UInt8] {
        if let value = lookup(name) { return Array(value.utf8) }
        unset.append(name)
        return []
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        byte == 95 || (97...122).contains(byte) || (65...90).contains(byte) || isDigit(byte)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
