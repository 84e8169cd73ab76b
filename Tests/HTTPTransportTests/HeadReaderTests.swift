import Testing

@testable import HTTPTransport

@Suite struct HeadReaderTests {
    @Test func findsTheHeadHoweverItIsCut() throws {
        let bytes = Array("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n$ ".utf8)
        for cut in 0...bytes.count {
            var reader = HeadReader()
            try reader.add(Array(bytes[..<cut]))
            try reader.add(Array(bytes[cut...]))
            #expect(reader.head?.status == 101 && reader.head?.header("upgrade") == "tcp")
            #expect(reader.rest == Array("$ ".utf8))
        }
    }

    @Test func refusesWhatIsNoHead() {
        var reader = HeadReader()
        #expect(throws: HTTPTransportError.malformed) { try reader.add(Array("hello\r\n\r\n".utf8)) }
        #expect(throws: HTTPTransportError.malformed) {
            try reader.add([UInt8](repeating: 65, count: 70_000))
        }
    }
}
