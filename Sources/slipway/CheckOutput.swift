internal import Foundation
internal import Model
internal import Pipeline

/// A check's report as text; pure.
enum CheckOutput {
    static func render(
        _ report: RepositoryCheck.Report, as format: CheckCommand.Format, prefix: String, colour: Bool
    ) throws -> String {
        switch format {
        case .text: text(report, prefix: prefix, colour: colour)
        case .github: report.findings.map { github($0, prefix: prefix) }.joined(separator: "\n")
        case .json: try json(report)
        }
    }

    private static func text(_ report: RepositoryCheck.Report, prefix: String, colour: Bool) -> String {
        let lines = report.findings.map { finding in
            var shown = finding
            shown.file = path(finding.file, prefix)
            guard colour else { return shown.description }
            let code = finding.severity == .error ? "31" : "33"
            let word = "\(finding.severity.rawValue):"
            return shown.description.replacing(
                " \(word) ", with: " \u{1B}[\(code)m\(word)\u{1B}[0m ", maxReplacements: 1)
        }
        let errors = report.findings.count { $0.severity == .error }
        let warnings = report.findings.count - errors
        let total = "\(count(report.files.count, "file")), \(count(errors, "error")), \(count(warnings, "warning"))"
        return (lines + [total]).joined(separator: "\n")
    }

    /// A workflow command that GitHub shows beside the line.
    private static func github(_ finding: Finding, prefix: String) -> String {
        var properties = "file=\(escaped(path(finding.file, prefix), "\r\n%:,"))"
        if finding.line > 0 { properties += ",line=\(finding.line)" }
        if finding.column > 0 { properties += ",col=\(finding.column)" }
        let message = finding.message + (finding.hint.map { " (\($0))" } ?? "")
        return "::\(finding.severity.rawValue) \(properties)::\(escaped(message, "\r\n%"))"
    }

    private static func json(_ report: RepositoryCheck.Report) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }

    private static func path(_ file: String, _ prefix: String) -> String {
        let prefix = prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
        return prefix == "." || prefix.isEmpty ? file : "\(prefix)/\(file)"
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    private static func escaped(_ text: String, _ characters: String) -> String {
        text.unicodeScalars.map { scalar in
            guard characters.unicodeScalars.contains(scalar) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }
}
