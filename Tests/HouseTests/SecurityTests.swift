import Foundation
import Testing

@Suite("docs/security.md against the sources")
struct SecurityTests {
    /// A row of the table.
    struct Row {
        var id: String
        var state: String
        var reason: String
    }

    /// Every requirement of OWASP ASVS 4.0.3 at levels 1 and 2 in the chapters that the page is about.
    static let requirements = Set(
        """
        V2.1.1 V2.1.2 V2.1.3 V2.1.4 V2.1.5 V2.1.6 V2.1.7 V2.1.8 V2.1.9 V2.1.10 V2.1.11 V2.1.12 V2.2.1 V2.2.2 V2.2.3
        V2.3.1 V2.3.2 V2.3.3 V2.4.1 V2.4.2 V2.4.3 V2.4.4 V2.4.5 V2.5.1 V2.5.2 V2.5.3 V2.5.4 V2.5.5 V2.5.6 V2.5.7
        V2.6.1 V2.6.2 V2.6.3 V2.7.1 V2.7.2 V2.7.3 V2.7.4 V2.7.5 V2.7.6 V2.8.1 V2.8.2 V2.8.3 V2.8.4 V2.8.5 V2.8.6
        V2.8.7 V2.9.1 V2.9.2 V2.9.3 V2.10.1 V2.10.2 V2.10.3 V2.10.4 V3.1.1 V3.2.1 V3.2.2 V3.2.3 V3.2.4 V3.3.1 V3.3.2
        V3.3.3 V3.3.4 V3.4.1 V3.4.2 V3.4.3 V3.4.4 V3.4.5 V3.5.1 V3.5.2 V3.5.3 V3.7.1 V4.1.1 V4.1.2 V4.1.3 V4.1.5
        V4.2.1 V4.2.2 V4.3.1 V4.3.2 V4.3.3 V6.1.1 V6.1.2 V6.1.3 V6.2.1 V6.2.2 V6.2.3 V6.2.4 V6.2.5 V6.2.6 V6.3.1
        V6.3.2 V6.4.1 V6.4.2 V7.1.1 V7.1.2 V7.1.3 V7.1.4 V7.2.1 V7.2.2 V7.3.1 V7.3.3 V7.3.4 V7.4.1 V7.4.2 V7.4.3
        V8.1.1 V8.1.2 V8.1.3 V8.1.4 V8.2.1 V8.2.2 V8.2.3 V8.3.1 V8.3.2 V8.3.3 V8.3.4 V8.3.5 V8.3.6 V8.3.7 V8.3.8
        V13.1.1 V13.1.3 V13.1.4 V13.1.5 V13.2.1 V13.2.2 V13.2.3 V13.2.5 V13.2.6 V13.3.1 V13.3.2 V13.4.1 V13.4.2
        V14.1.1 V14.1.2 V14.1.3 V14.1.4 V14.2.1 V14.2.2 V14.2.3 V14.2.4 V14.2.5 V14.2.6 V14.3.2 V14.3.3 V14.4.1
        V14.4.2 V14.4.3 V14.4.4 V14.4.5 V14.4.6 V14.4.7 V14.5.1 V14.5.2 V14.5.3 V14.5.4
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    static func rows() throws -> [Row] {
        let text = try String(contentsOf: House.root.appending(path: "docs/security.md"), encoding: .utf8)
        return text.split(separator: "\n").filter { $0.hasPrefix("| V") }.map { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            return Row(id: cells[0], state: cells[3], reason: cells[4])
        }
    }

    @Test("Every requirement has one row, and every row says what it must")
    func complete() throws {
        let rows = try Self.rows()
        #expect(Set(rows.map(\.id)) == Self.requirements)
        #expect(rows.count == Self.requirements.count)
        for row in rows {
            #expect(["met", "in part", "not met", "n/a"].contains(row.state), "\(row.id): \(row.state)")
            let words = row.reason.replacing(Self.reference, with: "")
            if row.state == "met" || row.state == "in part" {
                #expect(row.reason.contains(Self.reference), "\(row.id) names no test")
            }
            if row.state != "met" { #expect(words.count > 10, "\(row.id) doesn't say why") }
        }
    }

    @Test("Every test that is named is there")
    func named() throws {
        for row in try Self.rows() {
            for match in row.reason.matches(of: Self.reference) {
                let file = House.root.appending(path: "Tests/\(match.1)")
                let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
                let name = String(match.2)
                let isThere =
                    ["func `\(name)`", "func \(name)(", "def \(name)(", "@Test(\"\(name)\""].contains {
                        text.contains($0)
                    } || text.contains(Self.title(name))
                #expect(isThere, "\(row.id): there is no \(name) in Tests/\(match.1)")
            }
        }
    }

    /// A file below `Tests`, and a test in it.
    private static var reference: Regex<(Substring, Substring, Substring)> {
        #/`([\w\/]+\.(?:swift|py))`: \*([^*]+)\*/#
    }

    /// A name on a line of its own.
    private static func title(_ name: String) -> String { "\n        \"\(name)\"" }
}
