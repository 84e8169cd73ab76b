internal import Model
internal import Yams

/// Says in a person's words what the YAML parser found wrong, and where.
enum YAMLProblem {
    static func finding(for error: YamlError, in text: String, file: String) -> Finding {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = Place(file: file, line: mark.line, column: mark.column)
            if problem.contains("another document") {
                return place.finding(
                    .error, "holds more than one YAML document", hint: "keep one, and take out the line with \"---\"")
            }
            let message = "is not valid YAML: \(problem)" + (context.map { ", \($0.text)" } ?? "")
            return place.finding(.error, message, hint: hint(problem: problem, line: mark.line, text: text))
        case .reader(let problem, _, _, _):
            return Place(file: file).finding(.error, "is not a text file: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let key = keys.first ?? ""
            let first = Place(file: file, line: context.mark.line, column: context.mark.column)
            let second = duplicate(of: key, after: first, in: text) ?? first
            let where_ = second == first ? "" : ", first in line \(first.line)"
            return second.finding(.error, "the key \"\(key)\" is given twice\(where_)")
        default:
            return Place(file: file).finding(.error, "can't be read as YAML: \(error)")
        }
    }

    private static func hint(problem: String, line: Int, text: String) -> String? {
        if problem.contains("aximum nesting") { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for number in [line, line - 1] where lines.indices.contains(number - 1) {
            let written = lines[number - 1]
            if written.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
                return "line \(number) is indented with a tab; YAML wants spaces"
            }
            if written.contains("{{") { return "this looks like a Go template: render it first" }
        }
        if problem.contains("found character that cannot start any token") { return "put the value in quotes" }
        if problem.contains("mapping values are not allowed") {
            return "put a value that holds \": \" in quotes, or mend the indentation"
        }
        return nil
    }

    /// The next line below `first` where the same key stands in the same column of the same mapping.
    private static func duplicate(of key: String, after first: Place, in text: String) -> Place? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard first.line > 0, first.line < lines.count else { return nil }
        for number in first.line..<lines.count {
            let line = lines[number]
            let content = line.drop { $0 == " " }
            if content.isEmpty || content.hasPrefix("#") { continue }
            let column = line.count - content.count + 1
            if column < first.column { return nil }
            guard column == first.column else { continue }
            if ["\(key):", "\"\(key)\":", "'\(key)':", "\(key) :"].contains(where: { content.hasPrefix($0) }) {
                return Place(file: first.file, line: number + 1, column: column)
            }
        }
        return nil
    }
}
