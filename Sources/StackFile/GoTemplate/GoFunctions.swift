/// Functions that templates may call: Go's own, and those of sprig and Rancher that catalogs use. A new one is a line here.
enum GoFunctions {
    typealias Function = @Sendable ([GoValue]) throws(GoProblem) -> GoValue

    static let all: [String: Function] = [
        "eq": { (values) throws(GoProblem) in
            guard values.count > 1, let first = values.first else { throw GoProblem("eq wants two values or more") }
            for other in values.dropFirst() where try order(first, other, "eq") == 0 { return .bool(true) }
            return .bool(false)
        },
        "ne": compare { $0 != 0 }, "lt": compare { $0 < 0 }, "le": compare { $0 <= 0 },
        "gt": compare { $0 > 0 }, "ge": compare { $0 >= 0 },
        "and": { (values) throws(GoProblem) in
            guard let last = values.last else { throw GoProblem("and wants a value") }
            return values.first { !$0.isTrue } ?? last
        },
        "or": { (values) throws(GoProblem) in
            guard let last = values.last else { throw GoProblem("or wants a value") }
            return values.first { $0.isTrue } ?? last
        },
        "not": one { .bool(!$0.isTrue) },
        "print": { values in .text(values.map(\.printed).joined(separator: " ")) },
        "println": { values in .text(values.map(\.printed).joined(separator: " ") + "\n") },
        "printf": { (values) throws(GoProblem) in .text(try GoFormat.format(values)) },
        "len": { (values) throws(GoProblem) in
            switch values.first {
            case .text(let text): return .int(text.utf8.count)
            case .list(let items): return .int(items.count)
            case .map(let pairs): return .int(pairs.count)
            default: throw GoProblem("len wants a text, a list or a mapping")
            }
        },
        "index": { (values) throws(GoProblem) in try index(values) },
        "list": { values in .list(values) },
        "atoi": text { .int(Int($0) ?? 0) }, "int": one { .int(whole($0)) }, "int64": one { .int(whole($0)) },
        "toString": one { .text($0.printed) },
        "until": { (values) throws(GoProblem) in
            let count = whole(values.first ?? .none)
            guard (0...10_000).contains(count) else { throw GoProblem("until \(count) is too much, or too little") }
            return .list((0..<count).map { .int($0) })
        },
        "add": arithmetic { $0.addingReportingOverflow($1) }, "sub": arithmetic { $0.subtractingReportingOverflow($1) },
        "mul": arithmetic { $0.multipliedReportingOverflow(by: $1) },
        "div": arithmetic { $0.dividedReportingOverflow(by: $1) },
        "mod": arithmetic { $0.remainderReportingOverflow(dividingBy: $1) },
        "default": { values in values.count == 2 && values[1].isTrue ? values[1] : values.first ?? .none },
        "empty": one { .bool(!$0.isTrue) },
        "coalesce": { values in values.first { $0.isTrue } ?? .none },
        "ternary": { values in values.count == 3 ? values[2].isTrue ? values[0] : values[1] : .none },
        "lower": text { .text($0.lowercased()) }, "upper": text { .text($0.uppercased()) },
        "trim": text { .text(trimmed($0)) }, "quote": one { .text("\"\($0.printed)\"") },
        "squote": one { .text("'\($0.printed)'") },
        "contains": texts { first, second in .bool(first.isEmpty || second.contains(first)) },
        "hasPrefix": texts { first, second in .bool(second.hasPrefix(first)) },
        "hasSuffix": texts { first, second in .bool(second.hasSuffix(first)) },
        "trimPrefix": texts { first, second in
            .text(second.hasPrefix(first) ? String(second.dropFirst(first.count)) : second)
        },
        "trimSuffix": texts { first, second in
            .text(second.hasSuffix(first) ? String(second.dropLast(first.count)) : second)
        },
        "replace": { values in
            guard values.count == 3, !values[0].printed.isEmpty else { return values.last ?? .none }
            return .text(values[2].printed.replacing(values[0].printed, with: values[1].printed))
        },
        "splitList": texts { first, second in
            first.isEmpty
                ? .list([.text(second)])
                : .list(second.split(separator: first, omittingEmptySubsequences: false).map { .text(String($0)) })
        },
        "splitPreserveQuotes": text { .list(words($0).map { .text($0) }) },
        "join": { values in
            guard values.count == 2, case .list(let items) = values[1] else { return values.last ?? .none }
            return .text(items.map(\.printed).joined(separator: values[0].printed))
        },
    ]

    private static func compare(_ holds: @escaping @Sendable (Int) -> Bool) -> Function {
        { (values) throws(GoProblem) in
            guard values.count == 2 else { throw GoProblem("a comparison wants two values") }
            return .bool(holds(try order(values[0], values[1], "a comparison")))
        }
    }

    private static func one(_ body: @escaping @Sendable (GoValue) -> GoValue) -> Function {
        { (values) throws(GoProblem) in
            guard let value = values.first, values.count == 1 else { throw GoProblem("one value is wanted") }
            return body(value)
        }
    }

    private static func text(_ body: @escaping @Sendable (String) -> GoValue) -> Function { one { body($0.printed) } }

    private static func texts(_ body: @escaping @Sendable (String, String) -> GoValue) -> Function {
        { (values) throws(GoProblem) in
            guard values.count == 2 else { throw GoProblem("two values are wanted") }
            return body(values[0].printed, values[1].printed)
        }
    }

    private static func arithmetic(
        _ body: @escaping @Sendable (Int, Int) -> (partialValue: Int, overflow: Bool)
    ) -> Function {
        { (values) throws(GoProblem) in
            guard values.count == 2 else { throw GoProblem("two numbers are wanted") }
            let (result, overflows) = body(whole(values[0]), whole(values[1]))
            guard !overflows else { throw GoProblem("the result is no number") }
            return .int(result)
        }
    }

    /// Less than, equal to or more than 0, as the first is to the second.
    private static func order(_ first: GoValue, _ second: GoValue, _ function: String) throws(GoProblem) -> Int {
        switch (first, second) {
        case (.text(let a), .text(let b)): return a == b ? 0 : a < b ? -1 : 1
        case (.int(let a), .int(let b)): return a == b ? 0 : a < b ? -1 : 1
        case (.bool(let a), .bool(let b)): return a == b ? 0 : 1
        case (.none, .none): return 0
        default:
            throw GoProblem(
                "\(function) can't compare \(first.kind) with \(second.kind)",
                hint: "values of questions are texts: write \"1\", \"true\"")
        }
    }

    private static func whole(_ value: GoValue) -> Int {
        switch value {
        case .int(let int): int
        case .text(let text): Int(text) ?? 0
        case .bool(let bool): bool ? 1 : 0
        default: 0
        }
    }

    private static func index(_ values: [GoValue]) throws(GoProblem) -> GoValue {
        guard var value = values.first else { throw GoProblem("index wants a value") }
        for key in values.dropFirst() {
            switch value {
            case .list(let items):
                guard items.indices.contains(whole(key)) else { throw GoProblem("there is no item \(key.printed)") }
                value = items[whole(key)]
            case .map(let pairs): value = pairs[key.printed] ?? .none
            default: throw GoProblem("\(value.kind) has no items")
            }
        }
        return value
    }

    private static func trimmed(_ text: String) -> String {
        var text = text.drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }

    /// Words between blanks; quotes keep what is in them together, and stay.
    private static func words(_ text: String) -> [String] {
        var words = [""]
        var quote: Character?
        for character in text {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            }
            if quote == nil, character.isWhitespace {
                words.append("")
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words.filter { !$0.isEmpty }
    }
}
