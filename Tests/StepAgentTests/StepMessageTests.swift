import Testing

@testable import StepAgent

struct StepMessageTests {
    private static let request = StepRequest(
        arguments: [Array("/bin/sh".utf8), Array("-c".utf8), [0xff, 0xfe, 10]],
        environment: [Array("A=1".utf8), Array("EMPTY=".utf8)], directory: Array("/workspace/ä".utf8))

    private static let messages: [StepMessage] = [
        .run(request), .signal(15), .ended(status: 137), .refused(status: 127, sentence: "no program"),
        .refused(status: 126, sentence: ""),
    ]

    /// All messages that the bytes make.
    private func read(_ bytes: [UInt8], by count: Int) throws -> [StepMessage] {
        var buffer = MessageBuffer()
        var messages: [StepMessage] = []
        for start in stride(from: 0, to: bytes.count, by: count) {
            buffer.append(bytes[start..<min(start + count, bytes.count)])
            while let message = try buffer.next() { messages.append(message) }
        }
        return messages
    }

    @Test(arguments: [1, 2, 7, 1000]) func `Messages come out as they went in, in pieces of any size`(_ count: Int)
        throws
    {
        let bytes = try Self.messages.flatMap { try #require($0.bytes) }
        #expect(try read(bytes, by: count) == Self.messages)
    }

    @Test func `Half a message is none yet`() throws {
        let bytes = try #require(StepMessage.run(Self.request).bytes)
        for count in 0..<bytes.count { #expect(try read(Array(bytes[..<count]), by: 1000) == []) }
    }

    @Test func `What is no message is told as soon as it shows`() {
        #expect(throws: BadMessage.otherVersion(71)) { try read(Array("GET / HTTP/1.0".utf8), by: 1) }
        #expect(throws: BadMessage.unknownKind(9)) { try read([1, 9, 0, 0, 0, 0], by: 10) }
        #expect(throws: BadMessage.tooLong(2)) { try read([1, 2, 2, 0, 0, 0], by: 10) }
        #expect(throws: BadMessage.tooLong(0xffff_ffff)) { try read([1, 1, 255, 255, 255, 255], by: 10) }
        for kind: UInt8 in 1...4 {
            #expect(throws: BadMessage.malformed) { try read([1, kind, 0, 0, 0, 0], by: 10) }
        }
    }

    @Test func `A request that lies about its lengths is refused`() throws {
        let good = Self.request.bytes
        for count in 0..<good.count {
            #expect(throws: BadMessage.malformed) { try StepRequest(good[..<count]) }
        }
        for index in 0..<good.count {
            // Whatever a byte is turned into: a request or an error, never a crash.
            for value: UInt8 in [0, 1, 0x7f, 0xff] {
                var bytes = good
                bytes[index] = value
                if let request = try? StepRequest(bytes[...]) { #expect(request.bytes == bytes) }
            }
        }
        #expect(throws: BadMessage.malformed) { try StepRequest((good + [0])[...]) }
    }

    @Test func `A command without words, a word with a zero, a variable without a value are refused`() {
        for request in [
            StepRequest(arguments: [], environment: [], directory: [47]),
            StepRequest(arguments: [[97, 0, 98]], environment: [], directory: [47]),
            StepRequest(arguments: [[97]], environment: [[97]], directory: [47]),
        ] {
            #expect(throws: BadMessage.malformed) { try StepRequest(request.bytes[...]) }
        }
    }

    @Test func `What is too long is not sent`() {
        var request = Self.request
        request.environment = [Array("A=".utf8) + Array(repeating: 120, count: StepRequest.longest)]
        #expect(StepMessage.run(request).bytes == nil)
        let sentence = String(repeating: "x", count: 5000)
        #expect(StepMessage.refused(status: 1, sentence: sentence).bytes?.count == StepMessage.headerLength + 1024)
    }

    @Test func `The client's variables lie over the image's, and TERM is given where nobody gives it`() {
        func merged(_ own: [String], _ over: [String]) -> [String] {
            Words.environment(own: own.map { Array($0.utf8) }, over: over.map { Array($0.utf8) })
                .map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(
            merged(["PATH=/image", "HOME=/root"], ["PATH=/step", "A=b=c"]) == [
                "A=b=c", "HOME=/root", "PATH=/step", "TERM=xterm-256color",
            ])
        #expect(merged(["TERM=dumb"], []) == ["TERM=dumb"])
        #expect(merged(["TERM=dumb"], ["TERM=vt100"]) == ["TERM=vt100"])
    }

    @Test func `Members of a step are its session and all descendants of its first process`() throws {
        func stat(_ text: String) throws -> StepProcesses.Stat {
            let pid = try #require(text.split(separator: " ").first.flatMap { Int32($0) })
            return try #require(StepProcesses.Stat(pid: pid, line: Array(text.utf8)[...]))
        }
        let all = try [
            "1 (slipway-agent) S 0 1 1 0", "20 (sh) S 1 20 20 0", "21 (a) (b S 1) R 20 21 20 0", "22 (x) S 20 22 22 0",
            "23 (y) S 22 23 23 0", "24 (z) Z 20 24 20 0", "30 (other) S 1 30 30 0", "25 (orphan) S 1 20 20 0",
        ].map(stat)
        #expect(StepProcesses.members(ofSession: 20, in: all) == [20, 21, 22, 23, 25])
        #expect(StepProcesses.Stat(pid: 1, line: Array("nonsense".utf8)[...]) == nil)
    }

    @Test func `A socket's path has a folder and a name`() {
        #expect(SocketPath("/.slipway/agent.sock").folder == "/.slipway")
        #expect(SocketPath("/agent.sock").folder == "/")
        #expect(SocketPath("agent.sock").folder == "." && SocketPath("a/b").name == "b")
    }
}
