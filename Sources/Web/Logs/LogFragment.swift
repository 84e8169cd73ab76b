/// Where a reader of a log stands: the byte after the last whole line it has, and the style that line left.
///
/// Written `1234` or `1234:f1-o`. It is the `id` of the live stream's events, so that a reader that comes back at any
/// byte has no gap and no double.
struct LogCursor: Hashable, Sendable, LosslessStringConvertible {
    var offset: Int
    var style = LogStyle()

    init(offset: Int, style: LogStyle = LogStyle()) {
        self.offset = offset
        self.style = style
    }

    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard let first = parts.first, let offset = Int(first), offset >= 0 else { return nil }
        let style = parts.count > 1 ? LogStyle(String(parts[1])) : LogStyle()
        guard let style else { return nil }
        self.init(offset: offset, style: style)
    }

    var description: String { style == LogStyle() ? "\(offset)" : "\(offset):\(style)" }
}

/// A part of a log as markup: whole lines, and the line that is not ended yet, which the next fragment replaces.
struct LogFragment: Sendable {
    /// A line longer than this is cut, so that a log without line feeds stays usable.
    static let longestLine = 64 * 1024

    var lines: HTML
    /// The last line while it has no line feed.
    var part: HTML?
    /// Where the next fragment begins.
    var next: LogCursor

    /// Renders the bytes that stand in the log from `cursor` on. `ended` means that no more will come, so the last
    /// line is whole even without a line feed.
    init(_ bytes: [UInt8], from cursor: LogCursor, ended: Bool) {
        var next = cursor
        var text = ""
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let window = bytes[start..<min(start + Self.longestLine, bytes.endIndex)]
            if let feed = window.firstIndex(of: 10) {
                text += Self.element(LogLine.render(bytes[start..<feed], style: &next.style), "")
                start = feed + 1
            } else if ended || window.count == Self.longestLine {
                text += Self.element(LogLine.render(window, style: &next.style), "")
                start = window.endIndex
            } else {
                break
            }
        }
        next.offset += start
        lines = HTML(raw: text)
        if start < bytes.endIndex {
            var style = next.style
            part = HTML(raw: Self.element(LogLine.render(bytes[start...], style: &style), " part"))
        }
        self.next = next
    }

    /// Both together.
    var html: HTML { "\(lines)\(part)" }

    private static func element(_ line: HTML, _ more: String) -> String {
        "<div class=\"l\(more)\">\(line.text.isEmpty ? "\n" : line.text)</div>"
    }
}
