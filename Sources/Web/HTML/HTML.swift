/// A piece of a page. Whatever is interpolated is escaped, in text and in quoted attributes; markup comes only from
/// the literals of our own code, from other `HTML` values and from ``init(raw:)``.
public struct HTML: Sendable, Hashable, ExpressibleByStringInterpolation, CustomStringConvertible {
    /// The markup.
    public let text: String

    /// Markup that is trusted as it is.
    public init(raw text: String) {
        self.text = text
    }

    public init(stringLiteral value: String) {
        text = value
    }

    public init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
    }

    public var description: String { text }
    /// Nothing.
    public static let empty = HTML(raw: "")

    /// Escapes `text` so that it stands for itself in text and in quoted attributes.
    public static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Builds the text of an interpolated literal.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 24)
        }

        public mutating func appendLiteral(_ literal: String) { text += literal }
        public mutating func appendInterpolation(_ value: String) { text += HTML.escape(value) }
        public mutating func appendInterpolation(_ value: Substring) { text += HTML.escape(String(value)) }
        public mutating func appendInterpolation(_ value: Int) { text += String(value) }
        public mutating func appendInterpolation(_ value: Int64) { text += String(value) }
        public mutating func appendInterpolation(_ value: HTML) { text += value.text }
        public mutating func appendInterpolation(_ value: HTML?) { text += value?.text ?? "" }
        public mutating func appendInterpolation(_ values: [HTML]) { for value in values { text += value.text } }

        /// `value` where the condition holds, else nothing.
        public mutating func appendInterpolation(_ value: @autoclosure () -> HTML, if condition: Bool) {
            if condition { text += value().text }
        }
    }
}

extension Sequence<HTML> {
    /// All of them, one after the other.
    func joined(by separator: HTML = .empty) -> HTML { HTML(raw: map(\.text).joined(separator: separator.text)) }
}
