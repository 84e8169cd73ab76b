/// What a rancher-compose file says of itself under `catalog` or `.catalog`.
public struct Catalog: Hashable, Sendable, Codable {
    public var name: String?
    public var version: String?
    public var description: String?
    public var minimumRancherVersion: String?
    public var maximumRancherVersion: String?
    public var questions: [Question]

    public init(name: String? = nil, version: String? = nil, questions: [Question] = []) {
        self.name = name
        self.version = version
        self.questions = questions
    }
}

/// A variable that a catalog asks for.
public struct Question: Hashable, Sendable, Codable {
    public var variable: String
    public var label: String?
    public var description: String?
    /// `string`, `int`, `enum`, `boolean`, `multiline`, `password`, `service` …
    public var type: String
    public var isRequired: Bool
    public var defaultValue: String?
    /// What an `enum` may be.
    public var options: [String]
    public var group: String?
    public var minLength: Int?
    public var maxLength: Int?
    public var min: Int?
    public var max: Int?
    /// The only characters that there may be, or those that there may not.
    public var validCharacters: String?
    public var invalidCharacters: String?

    public init(variable: String, type: String = "string", isRequired: Bool = false, defaultValue: String? = nil) {
        self.variable = variable
        self.type = type
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        options = []
    }

    /// What is wrong with an answer; nil where nothing is.
    public func objection(to answer: String) -> String? {
        if answer.isEmpty { return isRequired ? "is blank, and it is required" : nil }
        if type == "int" {
            guard let number = Int(answer) else { return "is no whole number: \"\(answer)\"" }
            if let min, number < min { return "is \(number), which is less than \(min)" }
            if let max, number > max { return "is \(number), which is more than \(max)" }
        }
        if type == "boolean", !["true", "false"].contains(answer.lowercased()) {
            return "must be true or false, not \"\(answer)\""
        }
        if type == "enum", !options.isEmpty, !options.contains(answer) {
            return "must be one of \(options.joined(separator: ", ")), not \"\(answer)\""
        }
        if let minLength, answer.count < minLength { return "is shorter than \(minLength) characters" }
        if let maxLength, maxLength > 0, answer.count > maxLength { return "is longer than \(maxLength) characters" }
        if let valid = validCharacters, !valid.isEmpty, !answer.allSatisfy(valid.contains) {
            return "may hold only these characters: \(valid)"
        }
        if let wrong = invalidCharacters.flatMap({ set in answer.first(where: set.contains) }) {
            return "may not hold \"\(wrong)\""
        }
        return nil
    }
}
