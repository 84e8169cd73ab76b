import Model
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

    /// Rancher's `--env-file`: YAML and JSON as Rancher reads them. Plain files are read as compose reads them, where
    /// Rancher kept quotes, blanks and `#` as they were.
    @Test(.enabled(if: Cases.areThere)) func answersFollowRancher() throws {
        let rows = try Cases.tree("compose/dotenv.json")["rancherEnvFile"]?.sequence ?? []
        #expect(rows.count == 3)
        for row in rows {
            let text = try #require(row["input"]?.text)
            let values = try? Answers.parse(text, file: row["file"]?.text ?? "answers")
            let expected = row["expect"]?.mapping.map { pairs in
                Dictionary(uniqueKeysWithValues: pairs.map { ($0.key, $0.value.text ?? "") })
            }
            if row["file"] == nil {
                #expect(values == ["A": "1", "B": "two words", "E": "5", "F": "q", "G": "a=b"])
            } else {
                #expect(values == expected, "\(row.json)")
            }
        }
    }

    @Test func answersAreAFlatMapping() throws {
        #expect(try Answers.parse("A: 1\nB: yes\nC:\n", file: "a.yml") == ["A": "1", "B": "yes", "C": ""])
        #expect(try Answers.parse("{\"A\": true}", file: "a.json") == ["A": "true"])
        #expect(try Answers.parse("A=1", file: "answers") == ["A": "1"])
        let wrong = #expect(throws: Failure.self) { try Answers.parse("A: [1]", file: "a.yaml") }
        #expect(wrong?.findings.map(\.line) == [1])
        #expect(throws: Failure.self) { try Answers.parse("A B=1", file: "answers") }
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
