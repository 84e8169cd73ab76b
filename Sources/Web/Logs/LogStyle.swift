/// How a terminal would show a character: colours and weight, as classes of the style sheet.
struct LogStyle: Hashable, Sendable, LosslessStringConvertible {
    /// Index of the 256-colour palette.
    var foreground: UInt8?
    var background: UInt8?
    var bold = false
    var dim = false
    var italic = false
    var underline = false
    var inverse = false

    init() {}

    /// `f1-b4-o`: as ``description`` writes it.
    init?(_ text: String) {
        for part in text.split(separator: "-") {
            switch part.first {
            case "f": foreground = UInt8(part.dropFirst())
            case "b": background = UInt8(part.dropFirst())
            case "o": bold = true
            case "d": dim = true
            case "i": italic = true
            case "u": underline = true
            case "v": inverse = true
            default: return nil
            }
        }
    }

    var description: String { parts.joined(separator: "-") }

    /// Classes for a span; empty for plain text.
    var classes: String { parts.joined(separator: " ") }

    private var parts: [String] {
        var parts: [String] = []
        if let foreground { parts.append("f\(foreground)") }
        if let background { parts.append("b\(background)") }
        if bold { parts.append("o") }
        if dim { parts.append("d") }
        if italic { parts.append("i") }
        if underline { parts.append("u") }
        if inverse { parts.append("v") }
        return parts
    }

    /// Applies the parameters of `ESC [ … m`.
    mutating func apply(_ codes: [Int]) {
        var rest = codes[...]
        while let code = rest.popFirst() {
            switch code {
            case 0: self = LogStyle()
            case 1: bold = true
            case 2: dim = true
            case 3: italic = true
            case 4: underline = true
            case 7: inverse = true
            case 22: (bold, dim) = (false, false)
            case 23: italic = false
            case 24: underline = false
            case 27: inverse = false
            case 30...37: foreground = UInt8(code - 30)
            case 38: foreground = Self.extended(&rest) ?? foreground
            case 39: foreground = nil
            case 40...47: background = UInt8(code - 40)
            case 48: background = Self.extended(&rest) ?? background
            case 49: background = nil
            case 90...97: foreground = UInt8(code - 82)
            case 100...107: background = UInt8(code - 92)
            default: break
            }
        }
    }

    /// `5;n` of the palette, or `2;r;g;b` as the nearest of its 6x6x6 cube.
    private static func extended(_ rest: inout ArraySlice<Int>) -> UInt8? {
        switch rest.popFirst() {
        case 5: return rest.popFirst().flatMap(UInt8.init(exactly:))
        case 2:
            guard rest.count >= 3 else { return nil }
            let levels = rest.prefix(3).map { min(5, max(0, ($0 + 25) / 51)) }
            rest = rest.dropFirst(3)
            return UInt8(16 + levels[0] * 36 + levels[1] * 6 + levels[2])
        default: return nil
        }
    }
}
