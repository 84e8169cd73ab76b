import Foundation
import Model
import Testing

@testable import StackFile

/// The table in `docs/engines.md` is the one that decides. `UPDATE_GOLDEN=1` writes it anew, which is then to be read.
@Suite(.serialized) struct EngineDocsTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/engines.md")

    @Test(arguments: EngineRow.Scope.allCases)
    func theDocumentHasTheTable(scope: EngineRow.Scope) throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        let head = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let title = Self.line(["key of a \(scope.rawValue)", "form"] + EngineKind.allCases.map(\.name))
        let start = try #require(head.firstIndex(of: title), "docs/engines.md lacks: \(title)") + 2
        let rows = (scope == .service ? EngineTable.names : []) + EngineTable.rows.filter { $0.scope == scope }
        let lines = rows.map(Self.line)
        let tail = head[start...].drop { $0.hasPrefix("|") }
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try (head[..<start] + lines + tail).joined(separator: "\n").write(
                to: Self.file, atomically: true, encoding: .utf8)
            return
        }
        let stored = Array(head[start...].prefix { $0.hasPrefix("|") })
        for line in lines { #expect(stored.contains(line), "docs/engines.md lacks: \(line)") }
        for line in stored { #expect(lines.contains(line), "docs/engines.md has what nothing decides: \(line)") }
    }

    private static func line(_ row: EngineRow) -> String {
        line(
            [row.keys.map { "`\($0)`" }.joined(separator: " "), row.form.name]
                + EngineKind.allCases.map { cell(row.verdict($0)) })
    }

    private static func cell(_ verdict: EngineVerdict) -> String {
        switch verdict {
        case .accepted(let field): field
        case .warning(let text, _): "**!** \(text)"
        case .refused: verdict == .none ? "**✗**" : "**✗** \(text(of: verdict))"
        }
    }

    private static func text(of verdict: EngineVerdict) -> String {
        if case .refused(let text, let hint) = verdict { text + (hint.map { "; \($0)" } ?? "") } else { "" }
    }

    private static func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
}
