/// Parses a template: text, actions and their blocks.
struct GoParser {
    private let pieces: [GoScanner.Piece]
    private var index = 0
    private let file: String

    private static let depthLimit = 100
    private static let openings: Set<String> = ["if", "range", "with"]
    private static let refused: Set<String> = ["define", "template", "block"]

    static func parse(_ text: String, file: String) throws(GoFailure) -> [GoNode] {
        var parser = GoParser(pieces: try GoScanner.pieces(text, file: file), file: file)
        let (nodes, end) = try parser.nodes(depth: 0)
        if let end { throw GoFailure(end.place, GoProblem("\"\(end.word)\" closes nothing")) }
        return nodes
    }

    private init(pieces: [GoScanner.Piece], file: String) {
        self.pieces = pieces
        self.file = file
    }

    /// What ended a block: `end` or `else`, with what follows it.
    private struct End {
        var word: String
        var rest: [GoToken]
        var place: Place
        var source: String
    }

    private mutating func nodes(depth: Int) throws(GoFailure) -> ([GoNode], End?) {
        var nodes: [GoNode] = []
        while index < pieces.count {
            let piece = pieces[index]
            index += 1
            switch piece {
            case .text(let text, let line): nodes.append(.text(text, line: line))
            case .action(let inside, let place, let source):
                if inside.drop(while: \.isWhitespace).hasPrefix("/*") { continue }
                let tokens = try words(inside, place)
                guard case .name(let word) = tokens.first else {
                    if !tokens.isEmpty { nodes.append(.output(try pipeline(tokens[...], place, source))) }
                    continue
                }
                if word == "end" || word == "else" {
                    return (nodes, End(word: word, rest: Array(tokens.dropFirst()), place: place, source: source))
                }
                guard depth < Self.depthLimit else {
                    throw GoFailure(place, GoProblem("blocks are nested more than \(Self.depthLimit) deep"))
                }
                if Self.openings.contains(word) {
                    let condition = try pipeline(tokens.dropFirst(), place, source)
                    nodes.append(try block(word, condition, depth: depth))
                } else if Self.refused.contains(word) {
                    throw GoFailure(
                        place, GoProblem("\"\(word)\" is not evaluated", hint: "write what it stands for in its place"))
                } else if word == "break" || word == "continue" {
                    nodes.append(word == "break" ? .leave : .next)
                } else {
                    nodes.append(.output(try pipeline(tokens[...], place, source)))
                }
            }
        }
        return (nodes, nil)
    }

    private mutating func block(_ word: String, _ first: GoPipeline, depth: Int) throws(GoFailure) -> GoNode {
        var branches: [(condition: GoPipeline, body: [GoNode])] = []
        var condition = first
        while true {
            let (body, end) = try nodes(depth: depth + 1)
            branches.append((condition, body))
            guard let end else {
                throw GoFailure(first.place, GoProblem("\"\(word)\" has no \"end\""))
            }
            if end.word == "end" { return node(word, branches, otherwise: []) }
            if case .name("if") = end.rest.first, word == "if" {
                condition = try pipeline(end.rest.dropFirst(), end.place, end.source)
                continue
            }
            guard end.rest.isEmpty else {
                throw GoFailure(end.place, GoProblem("after \"else\" there can only be an \"if\" of an \"if\""))
            }
            let (otherwise, last) = try nodes(depth: depth + 1)
            guard let last, last.word == "end" else {
                throw GoFailure(last?.place ?? end.place, GoProblem("\"else\" has no \"end\""))
            }
            return node(word, branches, otherwise: otherwise)
        }
    }

    private func node(
        _ word: String, _ branches: [(condition: GoPipeline, body: [GoNode])], otherwise: [GoNode]
    ) -> GoNode {
        guard word != "if", let only = branches.first else { return .branch(branches, otherwise: otherwise) }
        return word == "range"
            ? .loop(only.condition, body: only.body, otherwise: otherwise)
            : .with(only.condition, body: only.body, otherwise: otherwise)
    }

    private func words(_ inside: String, _ place: Place) throws(GoFailure) -> [GoToken] {
        do {
            return try GoWords.split(inside)
        } catch {
            throw GoFailure(place, error)
        }
    }
}

// Pipelines and their operands.
extension GoParser {
    private func pipeline(
        _ tokens: ArraySlice<GoToken>, _ place: Place, _ source: String
    ) throws(GoFailure) -> GoPipeline {
        var rest = tokens
        let result: GoPipeline
        do {
            result = try pipeline(&rest, place, source, depth: 0)
        } catch {
            throw GoFailure(place, error)
        }
        guard rest.isEmpty else { throw GoFailure(place, GoProblem("\")\" closes nothing")) }
        return result
    }

    private func pipeline(
        _ rest: inout ArraySlice<GoToken>, _ place: Place, _ source: String, depth: Int
    ) throws(GoProblem) -> GoPipeline {
        guard depth < Self.depthLimit else { throw GoProblem("brackets are nested more than \(Self.depthLimit) deep") }
        var result = GoPipeline(place: place, source: source)
        declare(&rest, &result)
        while true {
            let command = try command(&rest, place, source, depth: depth)
            guard !command.isEmpty else { throw GoProblem("an expression is missing") }
            result.commands.append(command)
            guard rest.first == .symbol("|") else { return result }
            rest = rest.dropFirst()
        }
    }

    /// `$a :=` or `$a, $b :=`.
    private func declare(_ rest: inout ArraySlice<GoToken>, _ result: inout GoPipeline) {
        var ahead = rest
        var names: [String] = []
        while case .variable(let name, []) = ahead.first {
            names.append(name)
            ahead = ahead.dropFirst()
            if ahead.first == .symbol(",") { ahead = ahead.dropFirst() } else { break }
        }
        guard !names.isEmpty, ahead.first == .symbol(":=") || ahead.first == .symbol("=") else { return }
        result.variables = names
        result.isDeclaration = ahead.first == .symbol(":=")
        rest = ahead.dropFirst()
    }

    private func command(
        _ rest: inout ArraySlice<GoToken>, _ place: Place, _ source: String, depth: Int
    ) throws(GoProblem) -> [GoOperand] {
        var operands: [GoOperand] = []
        while let token = rest.first {
            switch token {
            case .symbol("|"), .symbol(")"): return operands
            case .symbol("("):
                rest = rest.dropFirst()
                let inner = try pipeline(&rest, place, source, depth: depth + 1)
                guard rest.first == .symbol(")") else { throw GoProblem("\"(\" is not closed") }
                rest = rest.dropFirst()
                var fields: [String] = []
                if rest.first == .symbol("."), case .field(let names) = rest.dropFirst().first {
                    fields = names
                    rest = rest.dropFirst(2)
                }
                operands.append(.pipeline(inner, fields))
                continue
            case .symbol(let symbol): throw GoProblem("\"\(symbol)\" can't stand here")
            case .text(let text): operands.append(.value(.text(text)))
            case .number(let number): operands.append(.value(.int(number)))
            case .field(let names): operands.append(.field(names))
            case .variable(let name, let fields): operands.append(.variable(name, fields))
            case .name("true"): operands.append(.value(.bool(true)))
            case .name("false"): operands.append(.value(.bool(false)))
            case .name("nil"): operands.append(.value(.none))
            case .name(let name): operands.append(.function(name))
            }
            rest = rest.dropFirst()
        }
        return operands
    }
}
