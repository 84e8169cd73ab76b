/// A line of HAProxy's configuration that a service brings, cut into its words as HAProxy cuts them. It is written
/// from the words again, so that what was judged is what HAProxy reads.
struct ConfigurationLine: Hashable, Sendable {
    var words: [String]

    /// Nil for a line that can't be cut: a quote that doesn't end, a byte given by its number.
    init?(_ text: String) {
        words = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        while let character = rest.popFirst() {
            switch (quote, character) {
            case ("'"?, "'"), ("\""?, "\""): quote = nil
            case ("'"?, _): word = (word ?? "") + String(character)
            case (nil, "\\"), ("\""?, "\\"):
                guard let next = rest.popFirst(), next != "x" else { return nil }
                let space: [Character: String] = ["n": "\n", "r": "\r", "t": "\t"]
                word = (word ?? "") + (space[next] ?? String(next))
            case ("\""?, _): word = (word ?? "") + String(character)
            case (_, "'"), (_, "\""):
                quote = character
                word = word ?? ""
            case (_, "#"):
                rest = ""
            case (_, _) where character.isWhitespace:
                if let done = word { words.append(done) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        if let done = word { words.append(done) }
        if words.contains(where: { $0.contains { $0.isNewline || $0 == "\0" } }) { return nil }
    }

    /// The line as it is written to the edge.
    var text: String { words.map(Self.quoted).joined(separator: " ") }

    private static func quoted(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic
                    || "0123456789_./:%,()=+*^|~!?&;<>[]{}@-".unicodeScalars.contains(scalar))
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
