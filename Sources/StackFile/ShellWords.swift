/// Splits a command line into words as a shell would: quotes and backslashes, no expansion.
public enum ShellWords {
    /// Nil when a quote is not closed.
    public static func split(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var escaped = false
        for character in line {
            if escaped {
                if quote == "\"", !"\"\\$`\n".contains(character) { word = (word ?? "") + "\\" }
                if character != "\n" { word = (word ?? "") + String(character) }
                escaped = false
            } else if character == "\\", quote != "'" {
                escaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        if escaped { word = (word ?? "") + "\\" }
        if let word { words.append(word) }
        return words
    }
}
