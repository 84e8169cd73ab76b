import Testing

@testable import StackFile

@Suite struct DotenvTests {
    struct Row: Decodable {
        let id: String
        let input: String
        let lookup: [String: String]
        let expect: [String: String]?
        let exact: Bool?
        let errorContains: String?
    }

    @Test(.enabled(if: Cases.areThere)) func followsComposeGo() throws {
        let rows = try Cases.rows("dotenv", as: Row.self)
        #expect(rows.count == 93)
        for row in rows {
            do {
                let values = try Dotenv.parse(row.input) { row.lookup[$0] }
                #expect(row.expect != nil, "\(row.id) \(row.input)")
                for (key, value) in row.expect ?? [:] { #expect(values[key] == value, "\(row.id) \(row.input)") }
                if row.exact == true { #expect(values.count == row.expect?.count, "\(row.id) \(row.input)") }
            } catch {
                #expect(row.expect == nil, "\(row.id) \(row.input): \(error)")
                let said = "line \(error.line): \(error.message)"
                #expect(row.errorContains.map { $0.isEmpty || said.contains($0) } ?? false, "\(row.id): \(said)")
            }
        }
    }

    @Test func readsQuotesCommentsAndReferences() throws {
        let text = "# c\nexport A=1 # one\nB=\"x ${A}\\n\"\nC='$A'\nD=a#b\nE\n"
        #expect(
            try Dotenv.parse(text) { ["E": "env"][$0] } == ["A": "1", "B": "x 1\n", "C": "$A", "D": "a#b", "E": "env"])
        #expect(throws: Dotenv.Problem(line: 2, message: "key cannot contain a space")) {
            try Dotenv.parse("A=1\nno good\n")
        }
    }
}
