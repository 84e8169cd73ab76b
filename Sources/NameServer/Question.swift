/// A question to a name server, as it comes in one datagram (RFC 1035, 4.1).
public struct Question: Hashable, Sendable {
    /// A, an address of version 4.
    static let address: UInt16 = 1

    private static let headerLength = 12

    /// The parts of the name, in small letters.
    public let name: [String]
    public let type: UInt16
    /// The header and the question as they came, without what may follow them.
    private let bytes: [UInt8]

    /// Nil for what is no question that has an answer: an answer, an order, half a message.
    public init?(_ message: some Collection<UInt8>) {
        let message = Array(message)
        // QR and the operation are 0, and one thing is asked.
        guard message.count > Self.headerLength, message[2] & 0xf8 == 0, message[4] == 0, message[5] == 1 else {
            return nil
        }
        var (name, place, length): ([String], Int, Int) = ([], Self.headerLength, 0)
        while place < message.count, message[place] != 0 {
            let count = Int(message[place])
            length += count + 1
            // Longer parts are references, and a question has nothing to refer to.
            guard count <= 63, length < 255, place + 1 + count < message.count else { return nil }
            name.append(String(decoding: message[(place + 1)...(place + count)].map(NameBook.small), as: UTF8.self))
            place += 1 + count
        }
        guard place + 5 <= message.count else { return nil }
        let number = { (place: Int) in UInt16(message[place]) << 8 | UInt16(message[place + 1]) }
        guard number(place + 3) == 1 else { return nil }  // The Internet's.
        self.name = name
        type = number(place + 1)
        bytes = Array(message[..<(place + 5)])
    }

    /// The datagram that says so, of at most 512 bytes.
    ///
    /// - Parameter turn: which address stands first, so that callers who take the first share them.
    public func reply(_ answer: NameBook.Answer, turn: Int = 0) -> [UInt8] {
        var addresses: [IPv4Address] = []
        var code: UInt8 = 0
        switch answer {
        case .addresses(let all):
            let start = all.isEmpty ? 0 : turn % all.count
            if type == Self.address { addresses = Array(all[start...] + all[..<start]) }
        case .unknown: code = 3  // NXDOMAIN
        case .foreign: code = 5  // REFUSED
        }
        addresses = Array(addresses.prefix((512 - bytes.count) / 16))
        var reply = bytes
        // An answer, with authority; whether the question wished for recursion is kept, and it can be had.
        reply[2] = 0x84 | bytes[2] & 1
        reply[3] = 0x80 | code
        reply[6] = 0
        reply[7] = UInt8(addresses.count)
        for index in 8..<Self.headerLength { reply[index] = 0 }
        for address in addresses {
            // The name of the question; a type, the Internet, and nobody may remember it.
            reply += [0xc0, UInt8(Self.headerLength), 0, UInt8(Self.address), 0, 1, 0, 0, 0, 0, 0, 4] + address.bytes
        }
        return reply
    }
}
