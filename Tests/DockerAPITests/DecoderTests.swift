import DockerAPI
import Foundation
import Testing

@Suite("Decoders of what the engine sends")
struct DecoderTests {
    @Test("Frames may be cut anywhere", arguments: 1...30)
    func frames(size: Int) {
        let long = [UInt8](repeating: 0x78, count: 300)
        let stream =
            [1, 0, 0, 0, 0, 0, 0, 2] + Array("ab".utf8) + [2, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 1, 0x2C] + long
        var decoder = LogFrameDecoder()
        var output: [UInt8] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            output += decoder.decode(Array(stream[start..<min(start + size, stream.count)]))
        }
        #expect(output == Array("ab".utf8) + long)
    }

    @Test("Lines may be cut anywhere", arguments: 1...12)
    func lines(size: Int) {
        let stream = Array("one\r\n\ntwo\nthree".utf8)
        var splitter = LineSplitter()
        var lines: [[UInt8]] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            lines += splitter.split(Array(stream[start..<min(start + size, stream.count)]))
        }
        if let rest = splitter.finish() { lines.append(rest) }
        #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["one", "two", "three"])
        #expect(splitter.finish() == nil)
    }

    @Test("The engine's times have up to nine digits after the point, and a never")
    func times() throws {
        let whole = try #require(EngineTime.date("2026-11-23T11:58:18Z"))
        let fine = try #require(EngineTime.date("2026-11-23T11:58:18.446070251Z"))
        #expect(abs(fine.timeIntervalSince(whole) - 0.446070251) < 0.000001)
        #expect(EngineTime.date("2026-11-23T13:58:18+02:00") == whole)
        #expect(EngineTime.date("0001-01-01T00:00:00Z") == nil)
        #expect(EngineTime.date("yesterday") == nil)
    }
}
