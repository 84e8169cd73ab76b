/// `printf` of templates: `%s`, `%v`, `%d`, `%q`, `%t` and `%%`, with a width and a precision.
enum GoFormat {
    static func format(_ values: [GoValue]) throws(GoProblem) -> String {
        guard case .text(let format) = values.first else { throw GoProblem("printf wants a text first") }
        var arguments = values.dropFirst()
        var output = ""
        var rest = Substring(format)
        while let percent = rest.firstIndex(of: "%") {
            output += rest[..<percent]
            rest = rest[percent...].dropFirst()
            guard let verb = rest.prefixMatch(of: #/(-?)(0?)([0-9]{0,3})(?:\.([0-9]{1,3}))?([svdqt%])/#) else {
                throw GoProblem("printf: \"%\(rest.prefix(4))\" is not known", hint: "%s, %v, %d, %q, %t and %%")
            }
            rest = rest[verb.range.upperBound...]
            if verb.5 == "%" {
                output += "%"
                continue
            }
            guard let value = arguments.popFirst() else { throw GoProblem("printf has too few values") }
            var text = verb.5 == "q" ? "\"\(value.printed)\"" : value.printed
            if let precision = verb.4.flatMap({ Int($0) }), verb.5 != "d" { text = String(text.prefix(precision)) }
            let missing = max(0, (Int(verb.3) ?? 0) - text.count)
            let padding = String(repeating: verb.2 == "0" && verb.1.isEmpty ? "0" : " ", count: missing)
            output += verb.1.isEmpty ? padding + text : text + padding
        }
        return output + rest
    }
}
