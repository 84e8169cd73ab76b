import Model

/// What happened, line by line, and a hash of it.
public struct Trace: Sendable, Hashable {
    /// Only where they are wanted.
    public private(set) var lines: [String] = []
    private var fingerprint = Fingerprint()
    private let isKept: Bool

    /// The same for the same lines, kept or not.
    public var hash: UInt64 { fingerprint.value }

    init(isKept: Bool) { self.isKept = isKept }

    /// Adds a line; `depth` counts what it happened in the middle of.
    mutating func add(_ time: Int, _ depth: Int, _ text: String) {
        fingerprint.add(text)
        fingerprint.add(UInt64(time))
        guard isKept else { return }
        let digits = String(time % 1000)
        let seconds = "\(time / 1000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
        lines.append(
            String(repeating: " ", count: max(0, 9 - seconds.count)) + seconds + "  "
                + String(repeating: "  ", count: depth) + text)
    }
}
