/// A word inside of an action.
enum GoToken: Hashable, Sendable {
    case text(String)
    case number(Int)
    case name(String)
    /// `.A.B` as its names; empty for the dot alone.
    case field([String])
    /// `$x`, with the fields that follow it.
    case variable(String, [String])
    case symbol(String)
}

/// Splits what stands in an action into words.
struct GoWords {
    private var rest: Substring
    private var tokens: [GoToken] = []

    static func split(_ text: String) throws(GoProblem) -> [GoToken] {
        var words = GoWords(rest: Substring(text))
        while try words.next() {}
        return words.tokens
    }

    private init(rest: Substring) {
        self.rest = rest
    }

    private mutating func next() throws(GoProblem) -> Bool {
        rest = rest.drop(while: \.isWhitespace)
        guard let first = rest.first else { return false }
        if first == "\"" {
            tokens.append(.text(try quoted()))
        } else if first == "`" {
            rest = rest.dropFirst()
            guard let end = rest.firstIndex(of: "`") else { throw GoProblem("a quote is not closed") }
            tokens.append(.text(String(rest[..<end])))
            rest = rest[rest.index(after: end)...]
        } else if first == ":", rest.hasPrefix(":=") {
            tokens.append(.symbol(":="))
            rest = rest.dropFirst(2)
        } else if "()|,=".contains(first) {
            tokens.append(.symbol(String(first)))
            rest = rest.dropFirst()
            if first == ")", rest.first == ".", let field = rest.dropFirst().first, isName(field) {
                tokens.append(.symbol("."))
                tokens.append(.field(fields()))
            }
        } else if first == "." {
            tokens.append(.field(fields()))
        } else if first == "$" {
            rest = rest.dropFirst()
            let name = word()
            tokens.append(.variable(name, rest.first == "." ? fields() : []))
        } else if first.isNumber || first == "-" || first == "+" {
            let digits = rest.prefix { !$0.isWhitespace && !"()|,".contains($0) }
            guard let number = Int(digits) else { throw GoProblem("\"\(digits)\" is no whole number") }
            tokens.append(.number(number))
            rest = rest[digits.endIndex...]
        } else if isName(first) {
            tokens.append(.name(word()))
        } else {
            throw GoProblem("\"\(first)\" can't stand here")
        }
        return true
    }

    private mutating func quoted() throws(GoProblem) -> String {
        rest = rest.dropFirst()
        var text = ""
        while let next = rest.first {
            rest = rest.dropFirst()
            if next == "\"" { return text }
            guard next == "\\", let escaped = rest.first else {
                text.append(next)
                continue
            }
            rest = rest.dropFirst()
            let simple: [Character: Character] = ["n": "\n", "t": "\t", "r": "\r", "\\": "\\", "\"": "\"", "'": "'"]
            guard let character = simple[escaped] else { throw GoProblem("\"\\\(escaped)\" is no escape") }
            text.append(character)
        }
        throw GoProblem("a quote is not closed")
    }

    /// `.A.B`, from its first dot.
    private mutating func fields() -> [String] {
        var names: [String] = []
        while rest.first == ".", let first = rest.dropFirst().first, isName(first) {
            rest = rest.dropFirst()
            names.append(word())
        }
        if names.isEmpty, rest.first == "." { rest = rest.dropFirst() }
        return names
    }

    private mutating func word() -> String {
        let word = rest.prefix { isName($0) }
        rest = rest[word.endIndex...]
        return String(word)
    }

    private func isName(_ character: Character) -> Bool {
        character == "_" || character.isLetter || character.isNumber
    }
}
