/// Splits a template into text and actions, and actions into words.
enum GoScanner {
    enum Piece {
        case text(String, line: Int)
        /// What stands between the braces; the place of the first brace; the whole as it is written.
        case action(String, Place, source: String)
    }

    static func pieces(_ text: String, file: String) throws(GoFailure) -> [Piece] {
        var pieces: [Piece] = []
        let bytes = Array(text.utf8)
        var index = 0
        var line = 1
        var lineStart = 0
        var start = 0
        var textLine = 1
        var trimsNext = false

        func flush(until end: Int, trimmingEnd: Bool) {
            var slice = bytes[start..<end]
            var line = textLine
            if trimsNext {
                while let first = slice.first, isSpace(first) {
                    if first == 10 { line += 1 }
                    slice = slice.dropFirst()
                }
            }
            if trimmingEnd { while let last = slice.last, isSpace(last) { slice = slice.dropLast() } }
            if !slice.isEmpty { pieces.append(.text(String(decoding: slice, as: UTF8.self), line: line)) }
        }

        while index < bytes.count {
            if bytes[index] == 10 {
                line += 1
                lineStart = index + 1
            }
            guard bytes[index] == UInt8(ascii: "{"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "{")
            else {
                index += 1
                continue
            }
            let place = Place(file: file, line: line, column: index - lineStart + 1)
            guard let end = end(of: bytes, from: index + 2) else {
                throw GoFailure(place, GoProblem("\"{{\" is not closed"))
            }
            var inside = bytes[(index + 2)..<end]
            var trimsBefore = false
            if inside.first == UInt8(ascii: "-"), let second = inside.dropFirst().first, isSpace(second) {
                trimsBefore = true
                inside = inside.dropFirst()
            }
            flush(until: index, trimmingEnd: trimsBefore)
            trimsNext = false
            if inside.last == UInt8(ascii: "-"), let second = inside.dropLast().last, isSpace(second) {
                trimsNext = true
                inside = inside.dropLast()
            }
            let source = String(decoding: bytes[index..<(end + 2)], as: UTF8.self)
            pieces.append(.action(String(decoding: inside, as: UTF8.self), place, source: source))
            for at in index..<end where bytes[at] == 10 {
                line += 1
                lineStart = at + 1
            }
            index = end + 2
            start = index
            textLine = line
        }
        flush(until: bytes.count, trimmingEnd: false)
        return pieces
    }

    /// Where `}}` stands, strings and comments gone past.
    private static func end(of bytes: [UInt8], from start: Int) -> Int? {
        var quote: UInt8?
        var index = start
        let opening = bytes[start...].drop { $0 == UInt8(ascii: "-") || isSpace($0) }
        if opening.starts(with: "/*".utf8) {
            index = opening.startIndex + 2
            while index + 1 < bytes.count, bytes[index] != UInt8(ascii: "*") || bytes[index + 1] != UInt8(ascii: "/") {
                index += 1
            }
        }
        while index + 1 < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") {
                    index += 1
                } else if byte == open {
                    quote = nil
                }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`") {
                quote = byte
            } else if byte == UInt8(ascii: "}"), bytes[index + 1] == UInt8(ascii: "}") {
                return index
            }
            index += 1
        }
        return nil
    }

    static func isSpace(_ byte: UInt8) -> Bool { [32, 9, 10, 13].contains(byte) }
}

/// What is wrong with a template, and where.
struct GoFailure: Error {
    let place: Place
    let problem: GoProblem

    init(_ place: Place, _ problem: GoProblem) {
        self.place = place
        self.problem = problem
    }
}
