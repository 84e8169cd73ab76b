import Testing

@Suite("How the sources read")
struct SourceTests {
    static let longest = 450
    static let banned = ["try!", "@unchecked Sendable", "nonisolated(unsafe)", "Task.sleep(nanoseconds"]

    @Test("No Swift file is longer than 450 lines", arguments: ["Sources", "Tests"])
    func length(folder: String) throws {
        for file in try House.files(under: folder) {
            #expect(
                file.lines.count <= Self.longest, "\(file.path) has \(file.lines.count) lines: it is two things")
        }
    }

    @Test("Nothing in Sources goes around the compiler's checks", arguments: banned)
    func checks(phrase: String) throws {
        for file in try House.files(under: "Sources") {
            for (index, line) in file.lines.enumerated() where line.contains(phrase) {
                let isComment = line.drop { $0 == " " }.hasPrefix("//")
                #expect(isComment, "\(file.path):\(index + 1): \(phrase)")
            }
        }
    }
}
