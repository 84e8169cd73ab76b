/// An address of version 4 of the Internet Protocol.
public struct IPv4Address: Hashable, Sendable, CustomStringConvertible {
    public var number: UInt32

    public init(number: UInt32) {
        self.number = number
    }

    /// Reads `172.18.0.3`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), let byte = UInt8(part) else { return nil }
            number = number << 8 | UInt32(byte)
        }
        self.number = number
    }

    /// As it travels.
    public var bytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) } }

    public var description: String { bytes.map { String($0) }.joined(separator: ".") }
}
