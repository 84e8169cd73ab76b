extension YAMLNode {
    /// The tree as JSON with sorted keys; scalars without quotes are numbers and booleans where they look like them.
    var json: String {
        switch content {
        case .scalar(let text, let plain):
            if isNull { return "null" }
            if plain, ["true", "false"].contains(text) { return text }
            if plain, text.utf8.count < 16, text.wholeMatch(of: #/-?(0|[1-9][0-9]*)(\.[0-9]+)?/#) != nil { return text }
            return Self.quoted(text)
        case .sequence(let items): return "[\(items.map(\.json).joined(separator: ","))]"
        case .mapping(let pairs):
            let members = pairs.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\($0.value.json)" }
            return "{\(members.joined(separator: ","))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case let control where control.value < 32:
                let digits = String(control.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
