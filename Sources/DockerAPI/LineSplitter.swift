/// Cuts a stream of bytes into lines; a chunk is not always a line.
public struct LineSplitter: Sendable {
    private var rest: [UInt8] = []

    public init() {}

    /// The lines that are complete now, without their line ends and without empty ones.
    public mutating func split(_ chunk: [UInt8]) -> [[UInt8]] {
        guard let last = chunk.lastIndex(of: 0x0A) else {
            rest += chunk
            return []
        }
        let complete = rest + chunk[..<last]
        rest = Array(chunk[(last + 1)...])
        return complete.split(separator: 0x0A).map { $0.last == 0x0D ? Array($0.dropLast()) : Array($0) }
            .filter { !$0.isEmpty }
    }

    /// What came after the last line end, nil when nothing did.
    public mutating func finish() -> [UInt8]? {
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }
}
