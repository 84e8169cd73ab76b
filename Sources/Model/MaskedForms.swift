import Foundation

/// The forms in which a secret shows up in logs.
enum MaskedForms {
    /// One form, as bytes.
    struct Form: Hashable, Sendable {
        var bytes: [UInt8]
        /// Whether line breaks may stand between its bytes, as in base64 that is wrapped.
        var isWrapped = false
    }

    /// Values with fewer bytes are not masked.
    static let shortest = 4
    /// Lines, and base64 forms cut out of a longer text, with fewer bytes are not masked.
    static let shortestPart = 8

    static func all(of secret: String) -> Set<Form> {
        let trimmed = secret.trimmingCharacters(in: .whitespacesAndNewlines)
        var texts: Set<String> = []
        var wrapped: Set<String> = []
        for value in Set([secret, trimmed]) where value.utf8.count >= shortest {
            // A terminal ends each line with a carriage return too.
            for value in Set([value, value.replacing(/\r?\n/, with: "\r\n"), value.replacing("\r\n", with: "\n")]) {
                texts.insert(value)
                texts.formUnion(percentEncoded(value))
                texts.formUnion(jsonEscaped(value))
                texts.formUnion(shellQuoted(value))
                wrapped.formUnion(base64(of: Array(value.utf8)))
            }
        }
        let lines = secret.split(whereSeparator: \.isNewline).map(String.init)
        if lines.count > 1 { texts.formUnion(lines.filter { $0.utf8.count >= shortestPart }) }
        return Set(texts.map { Form(bytes: Array($0.utf8)) }).union(
            wrapped.map { Form(bytes: Array($0.utf8), isWrapped: true) })
    }

    // MARK: Percent

    /// Reserved characters, or all but letters and digits, or what a form does; in capitals and in small letters.
    private static func percentEncoded(_ value: String) -> [String] {
        let sets = [CharacterSet.urlQueryAllowed, .urlPathAllowed, .urlPasswordAllowed, unreserved, component, letters]
        let encoded = sets.compactMap { value.addingPercentEncoding(withAllowedCharacters: $0) }
        let forms = encoded + encoded.map { $0.replacing("%20", with: "+") }
        return forms + forms.map { $0.replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() } }
            + [value.replacing("%", with: "%25").replacing(" ", with: "+")]
    }

    private static let letters = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    private static let unreserved = letters.union(CharacterSet(charactersIn: "-._~"))
    /// JavaScript's `encodeURIComponent`.
    private static let component = unreserved.union(CharacterSet(charactersIn: "!*'()"))

    // MARK: Quotes

    /// Inside a JSON string: with slashes escaped or not, with other letters as they are or as `\u00e9`.
    private static func jsonEscaped(_ value: String) -> [String] {
        var forms: [String] = []
        for escapesSlash in [false, true] {
            for escapesOthers in [false, true] {
                let text = value.unicodeScalars.map {
                    escaped($0, escapesSlash: escapesSlash, escapesOthers: escapesOthers)
                }.joined()
                // Go and others escape these for the sake of HTML.
                let safe = text.replacing("<", with: "\\u003c").replacing(">", with: "\\u003e")
                    .replacing("&", with: "\\u0026")
                forms += [text, safe, safe.replacing("'", with: "\\u0027")]
            }
        }
        return forms
    }

    private static func escaped(_ scalar: Unicode.Scalar, escapesSlash: Bool, escapesOthers: Bool) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "/": return escapesSlash ? "\\/" : "/"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{8}": return "\\b"
        case "\u{c}": return "\\f"
        default:
            guard scalar.value < 0x20 || (escapesOthers && scalar.value > 0x7e) else { return String(scalar) }
            return String(scalar).utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }
    }

    /// As `set -x`, `printf %q`, `declare -p`, Python and the like print it.
    private static func shellQuoted(_ value: String) -> [String] {
        let inQuotes = value.replacing("'", with: "'\\''")
        let inDoubleQuotes = ["\\", "\"", "$", "`"].reduce(value) { $0.replacing($1, with: "\\\($1)") }
        let withBackslashes = value.map { character in
            character.isASCII && !character.isLetter && !character.isNumber && !"_-./:=@%+,\n".contains(character)
                ? "\\\(character)" : String(character)
        }.joined()
        let ansi = value.replacing("\\", with: "\\\\").replacing("'", with: "\\'").replacing("\n", with: "\\n")
            .replacing("\r", with: "\\r").replacing("\t", with: "\\t")
        let python = value.replacing("'", with: "'\"'\"'")
        return [inQuotes, inDoubleQuotes, withBackslashes, ansi, python]
    }

    // MARK: Base64

    /// The value's own base64 form, and what is left of it when it stands at any place of a longer encoded text.
    private static func base64(of value: [UInt8]) -> [String] {
        var texts = [Data(value).base64EncodedString()]
        for offset in 0..<3 {
            let encoded = Data([UInt8](repeating: 0, count: offset) + value).base64EncodedString()
            // A character belongs to the value alone when all of its six bits do.
            let from = (offset * 8 + 5) / 6
            let upTo = (offset + value.count) * 8 / 6
            let own = encoded.dropFirst(from).prefix(max(0, upTo - from))
            if own.utf8.count >= shortestPart { texts.append(String(own)) }
        }
        return texts.flatMap { text in
            [text, text.replacing("+", with: "-").replacing("/", with: "_")]
        }
    }
}
