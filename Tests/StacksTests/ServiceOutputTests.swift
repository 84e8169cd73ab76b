import Testing

@testable import Stacks

@Suite struct ServiceOutputTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func plain(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).replacing(#/\u{1B}\[\d+m/#, with: "").split(separator: "\n").map(
            String.init)
    }

    @Test func `Lines are whole wherever the chunks are cut`() {
        let text = bytes("2026-11-23T11:58:18.1Z one\r\n2026-11-23T11:58:19.2Z two words\n2026-11-23T11:58:20.3Z rest")
        for cut in text.indices {
            var lines = OutputLines()
            let found = lines.add(Array(text[..<cut])) + lines.add(Array(text[cut...])) + lines.finish()
            #expect(found.map { String(decoding: $0.text, as: UTF8.self) } == ["one", "two words", "rest"])
            #expect(found.map(\.stamp.count) == [22, 22, 22])
        }
    }

    @Test func `Containers' lines are put in order of time, each behind its mark, and the last are kept`() {
        var (one, two) = (OutputLines(), OutputLines())
        let lines = [
            (ContainerMark(slot: 1), one.add(bytes("T1 a\nT4 d\n"))),
            (ContainerMark(slot: 2, generation: 7), two.add(bytes("T2 b\nT3 \u{1B}[31mc\n"))),
        ]
        #expect(plain(merged(lines, tail: 10)) == ["1 │ a", "7-2 │ b", "7-2 │ c", "1 │ d"])
        #expect(plain(merged(lines, tail: 2)) == ["7-2 │ c", "1 │ d"])
    }

    @Test func `A colour ends with its line`() {
        var lines = OutputLines()
        let written = lines.add(bytes("T \u{1B}[31mred\n")).flatMap { $0.written(by: ContainerMark(slot: 1)) }
        #expect(String(decoding: written, as: UTF8.self).hasSuffix("red\u{1B}[0m\n"))
    }
}
