/// A whole line that a container wrote.
struct OutputLine: Hashable, Sendable {
    /// As the engine writes it, `2026-11-23T11:58:18.446070250Z`: sorts as the times do.
    var stamp: String
    /// Without its line feed.
    var text: [UInt8]

    /// Reads a line that the engine put its time before.
    init(_ bytes: some Collection<UInt8>) {
        let space = bytes.firstIndex(of: 32) ?? bytes.endIndex
        stamp = String(decoding: bytes[..<space], as: UTF8.self)
        text = Array(bytes[space...].dropFirst())
        if text.last == 13 { text.removeLast() }
    }

    /// The line as it is shown among those of others: behind the container's mark, and with no colour left over.
    func written(by mark: ContainerMark) -> [UInt8] {
        let isStyled = text.contains(0x1B)
        return mark.bytes + text + (isStyled ? Array("\u{1B}[0m".utf8) : []) + [10]
    }
}

/// What stands before the lines of one container of a service, in a colour of its own.
struct ContainerMark: Hashable, Sendable {
    private static let colours = [36, 33, 35, 32, 34, 96, 93, 95]

    var slot: Int
    /// Which of several kinds: old and new containers of a slot write at the same time during an upgrade.
    var generation: Int64?

    var bytes: [UInt8] {
        let colour = Self.colours[max(0, slot - 1) % Self.colours.count]
        let name = generation.map { "\($0)-\(slot)" } ?? "\(slot)"
        return Array("\u{1B}[\(colour)m\(name) │\u{1B}[0m ".utf8)
    }
}

/// Cuts bytes into lines, with the rest kept until its line feed comes.
struct OutputLines: Sendable {
    /// A line longer than this is cut.
    private static let longest = 64 * 1024

    private var rest: [UInt8] = []

    mutating func add(_ bytes: [UInt8]) -> [OutputLine] {
        rest += bytes
        var lines: [OutputLine] = []
        var start = rest.startIndex
        while let feed = rest[start...].firstIndex(of: 10) {
            lines.append(OutputLine(rest[start..<feed]))
            start = feed + 1
        }
        rest.removeFirst(start)
        if rest.count > Self.longest { lines += finish() }
        return lines
    }

    /// What is left at the end.
    mutating func finish() -> [OutputLine] {
        defer { rest = [] }
        return rest.isEmpty ? [] : [OutputLine(rest)]
    }
}

/// Lines of several containers as one text, by their times; the last `tail` of them.
func merged(_ lines: [(mark: ContainerMark, lines: [OutputLine])], tail: Int) -> [UInt8] {
    let all = lines.flatMap { mark, lines in lines.map { (mark, $0) } }.enumerated()
        .sorted { ($0.element.1.stamp, $0.offset) < ($1.element.1.stamp, $1.offset) }.map(\.element)
    return all.suffix(tail).flatMap { $0.1.written(by: $0.0) }
}
