/// FNV-1a, 64 bits: tells texts apart, and is the same on every machine and with every version of Swift. It protects
/// nothing.
public struct Fingerprint: Hashable, Sendable {
    /// Of all that was added so far.
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Of nothing yet.
    public init() {}

    /// Of the bytes of a text.
    public init(_ text: String) {
        add(text)
    }

    /// Of bytes.
    public init(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { add(UInt64(byte)) }
    }

    /// Goes on with the bytes of a text.
    public mutating func add(_ text: String) {
        for byte in text.utf8 { add(UInt64(byte)) }
    }

    /// Goes on with a number in one step, as if it were a byte.
    public mutating func add(_ number: UInt64) {
        value = (value ^ number) &* 0x100_0000_01b3
    }

    /// 16 hexadecimal digits.
    public var digits: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
