import Testing

@testable import StackFile

@Suite struct TemplateTests {
    struct Row: Decodable {
        struct Outcome: Decodable {
            let expect: String?
            let warnings: Int?
        }
        let template: String
        let env: [String: String]?
        let expect: String?
        let errorKind: String?
        let errorContains: String?
        let warnings: Int?
        let composeSpec: Outcome?
    }

    private func check(_ row: Row, expect: String?, warnings: Int?) {
        do {
            let result = try Template.substitute(row.template) { row.env?[$0] }
            #expect(result.text == expect, "\(row.template) with \(row.env ?? [:])")
            if let warnings { #expect(result.unset.count == warnings, "\(row.template)") }
        } catch {
            #expect(expect == nil, "\(row.template) with \(row.env ?? [:]): \(error.description)")
            if let part = row.errorContains { #expect(error.description.contains(part), "\(row.template)") }
        }
    }

    @Test(.enabled(if: Cases.areThere)) func followsComposeGo() throws {
        let rows = try Cases.rows("interpolation-compose-go", as: Row.self)
        #expect(rows.count == 96)
        for row in rows where !(row.env?.isEmpty ?? true) || row.errorContains != nil || row.expect != nil {
            check(row, expect: row.expect, warnings: nil)
        }
    }

    @Test(.enabled(if: Cases.areThere), arguments: ["compose-vs-rancher", "derived-edge-cases"])
    func followsComposeSpecColumn(of name: String) throws {
        let rows = try Cases.rows("interpolation-\(name)", as: Row.self)
        #expect(rows.count > 100)
        for row in rows { check(row, expect: row.composeSpec?.expect, warnings: row.composeSpec?.warnings) }
    }

    /// Rancher's own rows, except where it refused a `$` that no name follows: the Compose Specification keeps it.
    @Test(.enabled(if: Cases.areThere)) func followsRancher() throws {
        struct Row: Decodable { let id: String, template: String, env: [String: String], expect: String? }
        let rows = try Cases.rows("interpolation-rancher-cli-0.6", as: Row.self)
        #expect(rows.count == 30)
        let kept = rows.filter { row in
            let result = try? Template.substitute(row.template) { row.env[$0] }.text
            return result != row.expect
        }
        #expect(kept.map(\.template) == ["$9aNumber", "$}", "$!"])
    }

    @Test(.enabled(if: Cases.areThere)) func expandsAsDotenvDoes() throws {
        let rows = try Cases.rows("dotenv", "expandCases", as: Row.self)
        #expect(rows.count == 12)
        for row in rows { check(row, expect: row.expect, warnings: nil) }
    }

    @Test(.enabled(if: Cases.areThere)) func takesTheOperatorThatOccursFirst() throws {
        struct Choice: Decodable { let input: String, `operator`: String }
        for row in try Cases.rows("interpolation-operator-choice", as: Choice.self) {
            let set = try? Template.substitute("${\(row.input)}") { _ in "set" }.text
            let empty = try? Template.substitute("${\(row.input)}") { _ in "" }.text
            let unset = try? Template.substitute("${\(row.input)}") { _ in nil }.text
            let word = String(row.input.dropFirst("VARNAME".count + row.operator.count))
            switch row.operator {
            case ":-": #expect([set, empty, unset] == ["set", word, word])
            case "-": #expect([set, empty, unset] == ["set", "", word])
            case ":+": #expect([set, empty, unset] == [word, "", ""])
            case "+": #expect([set, empty, unset] == [word, word, ""])
            case ":?": #expect([set, empty, unset] == ["set", nil, nil])
            default: #expect([set, empty, unset] == ["set", "", nil])
            }
        }
    }

    @Test(arguments: [
        ("my_repo/360_service:${REVISION}", "my_repo/360_service:4d73"), ("$$REVISION", "$REVISION"),
        ("${PORT:-80}:80", "80:80"), ("a $ b", "a $ b"), ("${A:-${B:-${REVISION}}}", "4d73"), ("${REVISION:+x}", "x"),
        ("$REVISION-", "4d73-"), ("${A:-{}}", "{}"), ("é${REVISION}é", "é4d73é"),
    ])
    func substitutes(template: String, expected: String) throws {
        #expect(try Template.substitute(template) { ["REVISION": "4d73"][$0] }.text == expected)
    }

    @Test(arguments: ["${", "${}", "${ A}", "${A", "${A!}", "${9}"])
    func refusesWhatIsNoSubstitution(template: String) {
        #expect(throws: Template.Problem.self) { try Template.substitute(template) { _ in "x" } }
    }

    @Test func endsOnDeepNesting() {
        let deep = String(repeating: "${A:-", count: 100_000) + String(repeating: "}", count: 100_000)
        #expect(throws: Template.Problem.self) { try Template.substitute(deep) { _ in nil } }
    }
}
