internal import Model

/// Evaluates a template's tree, within limits that no catalog comes near.
struct GoEvaluator {
    private(set) var output = RenderedTemplate()
    var diagnostics = Diagnostics()
    private let values: TemplateValues
    /// Innermost last.
    private var scopes: [[String: GoValue]] = [[:]]
    private var steps = 0
    /// How many `with` and `range` have given the dot another meaning.
    private var dots = 0
    /// What a loop was told.
    private var jump: Jump?

    private enum Jump { case leave, next }

    private static let stepLimit = 200_000
    private static let byteLimit = 4 << 20

    init(_ values: TemplateValues) {
        self.values = values
    }

    mutating func run(_ nodes: [GoNode], dot: GoValue) throws(GoFailure) {
        for node in nodes {
            try run(node, dot: dot)
            if jump != nil { return }
        }
    }

    private mutating func run(_ node: GoNode, dot: GoValue) throws(GoFailure) {
        switch node {
        case .text(let text, let line): output.append(text, line: line)
        case .output(let pipeline):
            if let literal = literal(pipeline) { return output.append(literal, line: pipeline.place.line) }
            let value = try evaluate(pipeline, dot: dot)
            if pipeline.variables.isEmpty { output.append(value.printed, line: pipeline.place.line) }
            try count(at: pipeline.place)
        case .branch(let branches, let otherwise):
            for (condition, body) in branches {
                scopes.append([:])
                defer { scopes.removeLast() }
                if try evaluate(condition, dot: dot).isTrue { return try run(body, dot: dot) }
            }
            try run(otherwise, dot: dot)
        case .with(let pipeline, let body, let otherwise):
            scopes.append([:])
            defer { scopes.removeLast() }
            let value = try evaluate(pipeline, dot: dot)
            guard value.isTrue else { return try run(otherwise, dot: dot) }
            dots += 1
            defer { dots -= 1 }
            try run(body, dot: value)
        case .loop(let pipeline, let body, let otherwise):
            try loop(pipeline, body, otherwise, dot: dot)
        case .leave: jump = .leave
        case .next: jump = .next
        }
    }

    private mutating func loop(
        _ pipeline: GoPipeline, _ body: [GoNode], _ otherwise: [GoNode], dot: GoValue
    ) throws(GoFailure) {
        var silent = pipeline
        silent.variables = []
        let items: [(GoValue, GoValue)]
        switch try evaluate(silent, dot: dot) {
        case .list(let list): items = list.enumerated().map { (.int($0.offset), $0.element) }
        case .map(let pairs): items = pairs.sorted { $0.key < $1.key }.map { (.text($0.key), $0.value) }
        case .int(let count) where (0...10_000).contains(count): items = (0..<count).map { (.int($0), .int($0)) }
        case .none: items = []
        case let other: throw GoFailure(pipeline.place, GoProblem("range can't go through \(other.kind)"))
        }
        if items.isEmpty { return try run(otherwise, dot: dot) }
        dots += 1
        defer { dots -= 1 }
        for (key, item) in items {
            try count(at: pipeline.place)
            var scope: [String: GoValue] = [:]
            if pipeline.variables.count == 2 { scope[pipeline.variables[0]] = key }
            if let last = pipeline.variables.last { scope[last] = item }
            scopes.append(scope)
            defer { scopes.removeLast() }
            try run(body, dot: item)
            if jump == .leave { break }
            jump = nil
        }
        jump = nil
    }

    /// An action that is meant for somebody else, `{{service_name}}` or `{{.Node.Hostname}}`: it stays as it is.
    private func literal(_ pipeline: GoPipeline) -> String? {
        guard pipeline.variables.isEmpty, pipeline.commands.count == 1, pipeline.commands[0].count == 1 else {
            return nil
        }
        switch pipeline.commands[0][0] {
        case .function(let name): return GoFunctions.all[name] == nil ? pipeline.source : nil
        case .field(let names):
            return names.first.map { !TemplateValues.roots.contains($0) && dots == 0 } == true
                ? pipeline.source : nil
        default: return nil
        }
    }

    private mutating func count(at place: Place) throws(GoFailure) {
        steps += 1
        guard steps < Self.stepLimit, output.text.utf8.count < Self.byteLimit else {
            throw GoFailure(place, GoProblem("the template makes more than any stack file is"))
        }
    }
}

// Expressions.
extension GoEvaluator {
    private mutating func evaluate(_ pipeline: GoPipeline, dot: GoValue) throws(GoFailure) -> GoValue {
        try count(at: pipeline.place)
        var value: GoValue?
        for command in pipeline.commands { value = try call(command, last: value, pipeline, dot: dot) }
        let result = value ?? .none
        for name in pipeline.variables.suffix(1) {
            if pipeline.isDeclaration {
                scopes[scopes.count - 1][name] = result
            } else if let at = scopes.lastIndex(where: { $0[name] != nil }) {
                scopes[at][name] = result
            } else {
                throw GoFailure(pipeline.place, GoProblem("there is no variable $\(name)"))
            }
        }
        return result
    }

    private mutating func call(
        _ command: [GoOperand], last: GoValue?, _ pipeline: GoPipeline, dot: GoValue
    ) throws(GoFailure) -> GoValue {
        guard let first = command.first else { return .none }
        guard case .function(let name) = first else {
            if command.count > 1 || last != nil {
                // Go below 1.11 took `(a) and b` for `(a)`; catalogs were written for it.
                guard case .pipeline = first, last == nil else {
                    throw GoFailure(pipeline.place, GoProblem("\"\(pipeline.source)\" calls what is no function"))
                }
                diagnostics.warn(
                    pipeline.place, "what follows the brackets in \"\(pipeline.source)\" has no effect",
                    hint: "write the function first: and (…) (…)")
            }
            return try value(of: first, pipeline, dot: dot)
        }
        guard let function = GoFunctions.all[name] else {
            throw GoFailure(
                pipeline.place,
                GoProblem(
                    "the function \"\(name)\" is not known",
                    hint: Suggestion.nearest(to: name, in: GoFunctions.all.keys).map { "did you mean \"\($0)\"?" }))
        }
        var arguments: [GoValue] = []
        for operand in command.dropFirst() { arguments.append(try value(of: operand, pipeline, dot: dot)) }
        if let last { arguments.append(last) }
        do {
            return try function(arguments)
        } catch {
            throw GoFailure(pipeline.place, error)
        }
    }

    private mutating func value(
        of operand: GoOperand, _ pipeline: GoPipeline, dot: GoValue
    ) throws(GoFailure) -> GoValue {
        switch operand {
        case .value(let value): return value
        case .function: return try call([operand], last: nil, pipeline, dot: dot)
        case .field(let names): return try field(names, of: dot, at: pipeline.place)
        case .variable("", let names): return try field(names, of: values.root, at: pipeline.place)
        case .variable(let name, let names):
            guard let value = scopes.last(where: { $0[name] != nil })?[name] else {
                throw GoFailure(pipeline.place, GoProblem("there is no variable $\(name)"))
            }
            return try field(names, of: value, at: pipeline.place)
        case .pipeline(let inner, let names):
            return try field(names, of: try evaluate(inner, dot: dot), at: pipeline.place)
        }
    }

    private mutating func field(_ names: [String], of value: GoValue, at place: Place) throws(GoFailure) -> GoValue {
        var value = value
        for (index, name) in names.enumerated() {
            guard case .map(let pairs) = value else {
                throw GoFailure(place, GoProblem("\(value.kind) has no field \"\(name)\""))
            }
            if index == 1, names[0] == "Values", pairs[name] == nil { return unset(name, at: place) }
            value = pairs[name] ?? .none
        }
        return value
    }

    /// A value that nobody gave is blank, and said.
    private mutating func unset(_ name: String, at place: Place) -> GoValue {
        let message = "the variable \(name) is not set"
        if values.allowUnset {
            diagnostics.warn(place, message, hint: "a blank stands in its place")
        } else {
            diagnostics.error(place, message, hint: values.unsetHint(name))
        }
        return .text("")
    }
}
