/// What happened, line by line, and a hash of it.
public struct Trace: Sendable, Hashable {
    /// Only where they are wanted.
    public private(set) var lines: [String] = []
    /// The same for the same lines, kept or not.
    public private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    private let isKept: Bool

    init(isKept: Bool) { self.isKept = isKept }

    /// Adds a line; `depth` counts what it happened in the middle of.
    mutating func add(_ time: Int, _ depth: Int, _ text: String) {
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ UInt64(time)) &* 0x100_0000_01b3
        guard isKept else { return }
        let digits = String(time % 1000)
        let seconds = "\(time / 1000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
        lines.append(
            String(repeating: " ", count: max(0, 9 - seconds.count)) + seconds + "  "
                + String(repeating: "  ", count: depth) + text)
    }
}
