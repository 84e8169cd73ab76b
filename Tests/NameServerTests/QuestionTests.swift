import Testing

@testable import NameServer

struct QuestionTests {
    /// A question as a resolver sends it, with EDNS (RFC 6891) after it.
    private func message(_ name: String, type: UInt16 = 1, edns: Bool = true) -> [UInt8] {
        var bytes: [UInt8] = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, edns ? 1 : 0]
        for part in name.split(separator: ".") { bytes += [UInt8(part.utf8.count)] + Array(part.utf8) }
        bytes += [0, UInt8(type >> 8), UInt8(type & 255), 0, 1]
        return bytes + (edns ? [0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0] : [])
    }

    private let two = NameBook.Answer.addresses(
        [IPv4Address("10.0.0.1"), IPv4Address("10.0.0.2")].compactMap(\.self))

    @Test func `A question is read, and answered with all addresses in turn`() throws {
        let question = try #require(Question(message("DB.api.Shop.slipway")))
        #expect(question.name == ["db", "api", "shop", "slipway"] && question.type == 1)
        let asked = message("DB.api.Shop.slipway", edns: false)
        let reply = question.reply(two)
        #expect(Array(reply[..<12]) == [0x12, 0x34, 0x85, 0x80, 0, 1, 0, 2, 0, 0, 0, 0])
        #expect(Array(reply[12..<asked.count]) == Array(asked[12...]), "the name comes back as it was written")
        #expect(Array(reply[asked.count...].prefix(16)) == [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 10, 0, 0, 1])
        #expect(Array(question.reply(two, turn: 3)[asked.count...].prefix(16).suffix(4)) == [10, 0, 0, 2])
    }

    @Test func `A name that is there has no addresses of another kind, and one that isn't there is not`() throws {
        let other = try #require(Question(message("db.api.shop.slipway", type: 28)))
        #expect(Array(other.reply(two)[2..<8]) == [0x85, 0x80, 0, 1, 0, 0])
        let unknown = try #require(Question(message("x.api.shop.slipway")))
        #expect(unknown.reply(.unknown)[3] == 0x83)
        #expect(unknown.reply(.foreign)[3] == 0x85)
    }

    @Test func `However many there are, an answer fits into a datagram`() throws {
        let many = NameBook.Answer.addresses((0..<400).map { IPv4Address(number: $0) })
        let long = Array(repeating: String(repeating: "a", count: 60), count: 4).joined(separator: ".")
        for name in ["db.api.shop.slipway", long] {
            let reply = try #require(Question(message(name))).reply(many, turn: 399)
            #expect(reply.count <= 512 && reply.count > 480)
        }
    }

    @Test func `What is no question is none, whatever a byte is turned into`() {
        let good = message("db.api.shop.slipway")
        let asked = message("db.api.shop.slipway", edns: false).count
        for count in 0..<asked { #expect(Question(good[..<count]) == nil) }
        for index in 0..<good.count {
            for value: UInt8 in [0, 1, 0x3f, 0x40, 0x7f, 0xc0, 0xff] {
                var bytes = good
                bytes[index] = value
                guard let question = Question(bytes) else { continue }
                #expect(question.reply(two).count <= 512)
            }
        }
        var answer = good
        answer[2] |= 0x80
        #expect(Question(answer) == nil)
    }
}
