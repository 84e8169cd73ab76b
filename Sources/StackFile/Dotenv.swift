/// `.env` files and `env_file`, as compose reads them (compose-go `dotenv/`).
public enum Dotenv {
    /// What is wrong in which line.
    public struct Problem: Error, Hashable, Sendable {
        public let line: Int
        public let message: String
    }

    /// The variables; `lookup` is the process's environment, which wins inside `${…}` and gives names that stand alone
    /// their values.
    public static func parse(
        _ text: String, lookup: (String) -> String? = { _ in nil }
    ) throws(Problem) -> [String: String] {
        var parser = DotenvParser(text)
        return try parser.parse(lookup)
    }
}

private struct DotenvParser {
    private var rest: Substring.UnicodeScalarView
    private var line = 1
    private var values: [String: String] = [:]

    init(_ text: String) {
        let text = text.hasPrefix("\u{feff}") ? String(text.unicodeScalars.dropFirst()) : text
        rest = Substring(text.replacing("\r\n", with: "\n")).unicodeScalars
    }

    mutating func parse(_ lookup: (String) -> String?) throws(Dotenv.Problem) -> [String: String] {
        while skipToStatement() {
            let (name, hasValue) = try key()
            if name.contains(" ") { throw problem("key cannot contain a space") }
            if hasValue {
                values[name] = try value(lookup)
            } else if let inherited = lookup(name) {
                values[name] = inherited
            }
        }
        return values.filter { !($0.key.unicodeScalars.first.map(isDigit) ?? false) }
    }

    /// Goes past blank lines and comments; false at the end.
    private mutating func skipToStatement() -> Bool {
        while let first = rest.first {
            if first == "#" {
                while let next = rest.first, next != "\n" { advance(next) }
            } else if first.properties.isWhitespace {
                advance(first)
            } else {
                return true
            }
        }
        return false
    }

    private mutating func key() throws(Dotenv.Problem) -> (name: String, hasValue: Bool) {
        if rest.starts(with: "export".unicodeScalars), let after = rest.dropFirst(6).first, isBlank(after) {
            rest = rest.dropFirst(6).drop(while: isBlank)
        }
        let statement = rest.prefix { $0 != "\n" }
        var name = String.UnicodeScalarView()
        while let next = rest.first {
            if next == "=" || next == ":" {
                rest = rest.dropFirst()
                rest = rest.drop(while: isBlank)
                return (trimmed(String(name)), true)
            }
            if next == "\n" { break }
            guard
                isBlank(next) || "_.-[]".unicodeScalars.contains(next) || next.properties.isAlphabetic
                    || next.properties.numericType != nil
            else {
                throw problem("unexpected character \"\(next)\" in variable name \"\(String(statement))\"")
            }
            name.append(next)
            rest = rest.dropFirst()
        }
        return (trimmed(String(name)), false)
    }

    private mutating func value(_ lookup: (String) -> String?) throws(Dotenv.Problem) -> String {
        guard let quote = rest.first, quote == "\"" || quote == "'" else {
            let raw = rest.prefix { $0 != "\n" }
            rest = rest[raw.endIndex...]
            return try expand(withoutComment(String(raw)), lookup)
        }
        let start = line
        let opening = String(rest.prefix { $0 != "\n" })
        rest = rest.dropFirst()
        var content = String.UnicodeScalarView()
        var escaped = false
        while let next = rest.first {
            advance(next)
            if escaped {
                if next != quote { content.append("\\") }
                content.append(next)
                escaped = false
            } else if next == "\\" {
                escaped = true
            } else if next == quote {
                skipTrailingComment()
                return quote == "'" ? String(content) : try expand(unescaped(String(content)), lookup)
            } else {
                content.append(next)
            }
        }
        throw Dotenv.Problem(line: start, message: "unterminated quoted value \(opening)")
    }

    private mutating func skipTrailingComment() {
        let blanks = rest.drop(while: isBlank)
        guard blanks.first == "#" else { return }
        rest = blanks.drop { $0 != "\n" }
    }

    private func expand(_ text: String, _ lookup: (String) -> String?) throws(Dotenv.Problem) -> String {
        do {
            return try Template.substitute(text) { lookup($0) ?? values[$0] }.text
        } catch {
            throw problem(error.description)
        }
    }

    private mutating func advance(_ scalar: Unicode.Scalar) {
        if scalar == "\n" { line += 1 }
        rest = rest.dropFirst()
    }

    private func problem(_ message: String) -> Dotenv.Problem { Dotenv.Problem(line: line, message: message) }
}

/// What stands before ` #`, without blanks at the end.
private func withoutComment(_ text: String) -> String {
    var previousBlank = true
    for index in text.indices {
        if text[index] == "#", previousBlank { return trimmed(String(text[..<index])) }
        previousBlank = text[index] == " " || text[index] == "\t"
    }
    return trimmed(text)
}

/// `\n`, `\t` and octal numbers as their characters, `\$` as a dollar that isn't expanded; the rest stays.
private func unescaped(_ text: String) -> String {
    let simple: [Character: String] = [
        "a": "\u{07}", "b": "\u{08}", "f": "\u{0c}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0b}", "\\": "\\",
        "$": "$$",
    ]
    var output = ""
    var rest = Substring(text)
    while let first = rest.first {
        rest = rest.dropFirst()
        guard first == "\\", let next = rest.first else {
            output.append(first)
            continue
        }
        if let character = simple[next] {
            output += character
            rest = rest.dropFirst()
        } else if let octal = rest.prefixMatch(of: #/0[0-7]{1,3}/#), let code = UInt32(octal.0, radix: 8),
            let scalar = Unicode.Scalar(code)
        {
            output.unicodeScalars.append(scalar)
            rest = rest[octal.range.upperBound...]
        } else {
            output.append("\\")
        }
    }
    return output
}

private func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return String(text)
}

private func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar != "\n" && scalar.properties.isWhitespace }

private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
