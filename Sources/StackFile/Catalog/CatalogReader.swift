internal import Model

/// Finds what the files ask for, before their templates are rendered and their variables replaced.
struct CatalogReader {
    private(set) var catalog: Catalog?
    /// Where each question stands.
    private(set) var places: [String: Place] = [:]
    var diagnostics = Diagnostics()

    private static let keys: [String] = [
        "name", "version", "description", "uuid", "minimum_rancher_version", "maximum_rancher_version", "maintainer",
        "upgrade_from", "questions", "labels", "category", "project_url", "license", "output", "bindings",
    ]
    private static let questionKeys: [String] = [
        "variable", "label", "description", "type", "required", "default", "options", "group", "min_length",
        "max_length", "min", "max", "valid_chars", "invalid_chars",
    ]

    init(_ sources: [StackFileSource]) {
        for source in sources {
            guard let root = Self.root(of: source), let node = root[".catalog"] ?? root["catalog"] else { continue }
            read(node)
        }
    }

    /// The file's tree; of a template, what is left without its lines of control. A file that can't be read says so
    /// where it is read.
    private static func root(of source: StackFileSource) -> YAMLNode? {
        guard source.text.contains("catalog:") else { return nil }
        if let root = try? YAMLReader.read(source.text, file: source.name) { return root }
        guard source.text.contains("{{") else { return nil }
        let lines = source.text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.drop { $0 == " " }.hasPrefix("{{") ? "" : line
        }
        return try? YAMLReader.read(lines.joined(separator: "\n"), file: source.name)
    }

    private mutating func read(_ node: YAMLNode) {
        guard let pairs = node.mapping else {
            if !node.isNull { diagnostics.warn(node.place, "the catalog must be a mapping, not \(node.kind)") }
            return
        }
        for pair in pairs where !Self.keys.contains(pair.key) {
            diagnostics.warn(
                pair.keyPlace, "unknown key \"\(pair.key)\" in the catalog",
                hint: Suggestion.hint(for: pair.key, in: Self.keys))
        }
        var result = catalog ?? Catalog()
        result.name = node["name"]?.text ?? result.name
        result.version = node["version"]?.text ?? result.version
        result.description = node["description"]?.text ?? result.description
        result.minimumRancherVersion = node["minimum_rancher_version"]?.text ?? result.minimumRancherVersion
        result.maximumRancherVersion = node["maximum_rancher_version"]?.text ?? result.maximumRancherVersion
        if let questions = node["questions"], !questions.isNull {
            if questions.sequence == nil {
                diagnostics.error(questions.place, "questions must be a list, not \(questions.kind)")
            }
            result.questions += (questions.sequence ?? []).compactMap { question($0) }
        }
        catalog = result
    }

    private mutating func question(_ node: YAMLNode) -> Question? {
        guard let variable = node["variable"]?.text, !variable.isEmpty else {
            diagnostics.error(node.place, "a question names no variable")
            return nil
        }
        for pair in node.mapping ?? [] where !Self.questionKeys.contains(pair.key) {
            diagnostics.warn(
                pair.keyPlace, "unknown key \"\(pair.key)\" in the question \(variable)",
                hint: Suggestion.hint(for: pair.key, in: Self.questionKeys))
        }
        var question = Question(
            variable: variable, type: node["type"]?.text ?? "string", isRequired: node["required"]?.bool ?? false)
        if let value = node["default"], !value.isNull { question.defaultValue = value.text }
        question.label = node["label"]?.text
        question.description = node["description"]?.text
        question.options = (node["options"]?.sequence ?? []).compactMap(\.text)
        question.group = node["group"]?.text
        question.minLength = node["min_length"]?.int
        question.maxLength = node["max_length"]?.int
        question.min = node["min"]?.int
        question.max = node["max"]?.int
        question.validCharacters = node["valid_chars"]?.text
        question.invalidCharacters = node["invalid_chars"]?.text
        places[variable] = node["variable"]?.place ?? node.place
        return question
    }
}

extension CatalogReader {
    /// The environment as the files see it: answers before the questions' defaults, those before the environment, that
    /// before `.env` (Rancher's order). What isn't required and has no default is blank.
    mutating func environment(_ options: StackFileOptions, dotenv: [String: String]) -> [String: String] {
        var result = dotenv.merging(options.environment) { _, given in given }
        for question in catalog?.questions ?? [] {
            if let value = question.defaultValue, !value.isEmpty || result[question.variable] == nil {
                result[question.variable] = value
            } else if !question.isRequired, result[question.variable] == nil {
                result[question.variable] = ""
            }
            guard let answer = options.answers[question.variable], let place = places[question.variable] else {
                continue
            }
            if let objection = question.objection(to: answer) {
                diagnostics.error(place, "the answer to \(question.variable) \(objection)")
            }
        }
        return result.merging(options.answers) { _, answer in answer }
    }
}
