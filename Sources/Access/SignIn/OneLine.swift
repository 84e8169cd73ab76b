/// Text from outside, for logs and messages: it must not look like another line, nor fill the page.
enum OneLine {
    static func text(_ text: String, most: Int) -> String {
        String(String.UnicodeScalarView(text.prefix(most).unicodeScalars.filter { !isControl($0) }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
