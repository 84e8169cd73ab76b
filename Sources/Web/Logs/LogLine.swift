/// One line of a terminal's output: carriage returns, backspaces and erasures are carried out, colours become spans,
/// other control sequences vanish.
struct LogLine {
    private struct Cell {
        var character: Character
        var style: LogStyle
    }

    private var cells: [Cell] = []
    private var column = 0

    /// Renders `bytes` (without the line feed); `style` is what the line before left, and is updated.
    static func render(_ bytes: ArraySlice<UInt8>, style: inout LogStyle) -> HTML {
        var line = LogLine()
        var text = String(decoding: bytes, as: UTF8.self)[...]
        if bytes.last == 13 { text = text.dropLast() }
        var position = text.startIndex
        while position < text.endIndex {
            let character = text[position]
            position = text.index(after: position)
            switch character {
            case "\u{1B}": position = line.escape(text, from: position, style: &style)
            case "\r": line.column = 0
            case "\u{8}": line.column = max(0, line.column - 1)
            case "\t": repeat { line.put(" ", style) } while line.column % 8 != 0
            case _ where character.unicodeScalars.allSatisfy { $0.value < 32 || $0.value == 127 }: break
            default: line.put(character, style)
            }
        }
        return line.html
    }

    private mutating func put(_ character: Character, _ style: LogStyle) {
        while cells.count < column { cells.append(Cell(character: " ", style: LogStyle())) }
        let cell = Cell(character: character, style: style)
        if column < cells.count { cells[column] = cell } else { cells.append(cell) }
        column += 1
    }

    /// Carries out the sequence whose ESC stands before `start`; returns where the text goes on.
    private mutating func escape(_ text: Substring, from start: Substring.Index, style: inout LogStyle)
        -> Substring.Index
    {
        guard start < text.endIndex else { return start }
        let next = text.index(after: start)
        switch text[start] {
        case "[":
            guard let end = text[next...].firstIndex(where: { ("@"..."~").contains($0) }) else { return text.endIndex }
            let numbers = text[next..<end].split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
            control(text[end], numbers, &style)
            return text.index(after: end)
        case "]":
            // A title or a link: up to BEL or ESC \.
            guard let end = text[next...].firstIndex(where: { $0 == "\u{7}" || $0 == "\u{1B}" }) else {
                return text.endIndex
            }
            let after = text.index(after: end)
            let isString = text[end] == "\u{1B}" && after < text.endIndex && text[after] == "\\"
            return isString ? text.index(after: after) : after
        default:
            return next
        }
    }

    private mutating func control(_ code: Character, _ numbers: [Int], _ style: inout LogStyle) {
        let first = numbers.first ?? 0
        switch code {
        case "m": style.apply(numbers.isEmpty ? [0] : numbers)
        case "K" where first == 0: if column < cells.count { cells.removeSubrange(column...) }
        case "K" where first == 2: cells.removeAll()
        case "K" where first == 1:
            for index in 0..<min(column, cells.count) { cells[index] = Cell(character: " ", style: LogStyle()) }
        case "G": column = min(max(0, first - 1), 4096)
        case "C": column = min(column + max(1, first), 4096)
        case "D": column = max(0, column - max(1, first))
        default: break
        }
    }

    private var html: HTML {
        var result = ""
        var run = ""
        var style = LogStyle()
        func flush() {
            guard !run.isEmpty else { return }
            let classes = style.classes
            result += classes.isEmpty ? HTML.escape(run) : "<span class=\"\(classes)\">\(HTML.escape(run))</span>"
            run = ""
        }
        for cell in cells {
            if cell.style != style {
                flush()
                style = cell.style
            }
            run.append(cell.character)
        }
        flush()
        return HTML(raw: result)
    }
}
