/// The addresses of a network in which they may be chosen.
public struct NetworkAddresses: Hashable, Sendable {
    /// `172.18.0.0/16`.
    public var subnet: String
    /// Those that containers which run have, and the gateway's.
    public var used: Set<String>
    /// The machine's own, over which containers reach what is outside: the first, where nothing else was asked for.
    public var gateway: String?

    public init(subnet: String, used: Set<String> = [], gateway: String? = nil) {
        self.subnet = subnet
        self.used = used
        self.gateway = gateway ?? range?.first.map(Self.text)
    }

    /// Whether the address is of the network.
    public func contains(_ address: String) -> Bool {
        guard let range, let number = Self.number(address) else { return false }
        return range.contains(number)
    }

    /// One that nobody has, from the end of the network: an engine gives those from its beginning by itself.
    public func free(besides taken: Set<String>) -> String? {
        guard let range else { return nil }
        return range.reversed().lazy.map(Self.text).first { !used.contains($0) && !taken.contains($0) }
    }

    /// Without the network's own address and that which all hear.
    private var range: Range<UInt32>? {
        let parts = subnet.split(separator: "/")
        guard parts.count == 2, let base = Self.number(String(parts[0])), let bits = UInt32(parts[1]),
            (1...30).contains(bits)
        else { return nil }
        let first = base & ~(UInt32.max >> bits)
        return (first + 1)..<(first | (UInt32.max >> bits))
    }

    private static func number(_ address: String) -> UInt32? {
        let bytes = address.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard bytes.count == 4 else { return nil }
        return bytes.reduce(0 as UInt32?) { number, byte in
            number.flatMap { number in byte.map { number << 8 | UInt32($0) } }
        }
    }

    private static func text(_ number: UInt32) -> String {
        [24, 16, 8, 0].map { String(number >> UInt32($0) & 255) }.joined(separator: ".")
    }
}
