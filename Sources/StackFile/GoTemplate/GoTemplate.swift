internal import Model

/// What templates see.
struct TemplateValues: Sendable {
    /// The fields of the dot that are ours to fill.
    static let roots: Set<String> = ["Values", "Stack", "Release", "Environment"]

    let root: GoValue
    let allowUnset: Bool
    let unsetHint: @Sendable (String) -> String

    init(_ options: StackFileOptions) {
        let release = GoValue.map([
            "Name": .text(options.release.stack), "Version": .text(options.release.version),
            "PreviousVersion": .text(options.release.previousVersion),
        ])
        root = .map([
            "Values": .map(options.environment.mapValues { .text($0) }), "Stack": release, "Release": release,
            "Environment": .map(["Name": .text(options.release.environment)]),
        ])
        allowUnset = options.allowUnset
        unsetHint = { options.unsetHint(of: $0) }
    }
}

/// Rancher's catalog files may be Go templates, which are rendered before they are read as YAML.
enum GoTemplate {
    /// The file as its template makes it; nil for a file that is none.
    ///
    /// Braces alone make no template: Docker's and others' `{{.Name}}` stay as they are.
    static func render(_ source: StackFileSource, _ values: TemplateValues) throws(Failure) -> RenderedTemplate? {
        guard isTemplate(source.text) else { return nil }
        do {
            let nodes = try GoParser.parse(source.text, file: source.name)
            var evaluator = GoEvaluator(values)
            try evaluator.run(nodes, dot: values.root)
            var output = evaluator.output
            output.findings = evaluator.diagnostics.findings
            return output
        } catch {
            let finding = error.place.finding(.error, "template: \(error.problem.message)", hint: error.problem.hint)
            throw Failure(.invalid, finding.description, findings: [finding])
        }
    }

    /// Whether something in braces is a template's; a first line `# notemplating` says that nothing is.
    static func isTemplate(_ text: String) -> Bool {
        guard text.contains("{{") else { return false }
        let first = text.prefix { !$0.isNewline }.filter { $0 != " " }
        if first.hasPrefix("#notemplating") { return false }
        let pattern =
            #/\{\{-?\s*(if\b|else\b|end\b|range\b|with\b|define\b|template\b|block\b|\$|\.Values|\.Stack|\.Release|\.Environment|\/\*)/#
        return text.firstMatch(of: pattern) != nil
    }
}

/// What a template made, and which line of it came from where.
struct RenderedTemplate: Sendable {
    private(set) var text = ""
    /// The template's line of each line.
    private(set) var lines: [Int] = []
    var findings: [Finding] = []
    private var isAtLineStart = true

    /// Adds text that begins in a line of the template.
    mutating func append(_ piece: String, line: Int) {
        var line = line
        for character in piece {
            if isAtLineStart {
                lines.append(line)
                isAtLineStart = false
            }
            if character == "\n" || character == "\r\n" {
                line += 1
                isAtLineStart = true
            }
        }
        text += piece
    }

    /// The YAML of it, with the template's lines; nil where nothing is left.
    func tree(file: String) throws(Failure) -> YAMLNode? {
        do {
            return try YAMLReader.read(text, file: file).map(moved)
        } catch {
            let findings = error.findings.map { finding in
                var finding = finding
                finding.line = self.line(finding.line)
                return finding
            }
            throw Failure(error.code, findings.first?.description ?? error.message, findings: findings)
        }
    }

    private func line(_ rendered: Int) -> Int { lines.indices.contains(rendered - 1) ? lines[rendered - 1] : rendered }

    private func moved(_ place: Place) -> Place {
        Place(file: place.file, line: line(place.line), column: place.column)
    }

    private func moved(_ node: YAMLNode) -> YAMLNode {
        var node = node
        node.place = moved(node.place)
        switch node.content {
        case .scalar: break
        case .sequence(let items): node.content = .sequence(items.map(moved))
        case .mapping(let pairs):
            node.content = .mapping(
                pairs.map { .init(key: $0.key, keyPlace: moved($0.keyPlace), value: moved($0.value)) })
        }
        return node
    }
}
