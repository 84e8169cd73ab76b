/// What the JSON of a value looks like: as much of JSON Schema 2020-12 as the API needs.
///
/// Objects are exact: a property that isn't described isn't there.
struct JSONSchema: Hashable, Sendable {
    enum Kind: String, Sendable { case string, boolean, integer, number, array, object }

    var kind: Kind
    /// Name among the document's components; nil where it is described in place.
    var name: String?
    var text: String?
    var format: String?
    /// Of the whole text.
    var pattern: String?
    var longest: Int?
    var shortest: Int?
    /// The only texts or numbers that there are; empty where there are more.
    var values: [String] = []
    var minimum: Int64?
    var maximum: Int64?
    var properties: [String: JSONSchema] = [:]
    var required: Set<String> = []
    /// What a list holds, or an object under any name: one schema, or none.
    var elements: [JSONSchema] = []
    /// Why the type can't be described; the tests let none pass.
    var defect: String?

    init(_ kind: Kind, format: String? = nil, pattern: String? = nil) {
        self.kind = kind
        self.format = format
        self.pattern = pattern
    }

    static func list(of element: JSONSchema) -> JSONSchema {
        var schema = JSONSchema(.array)
        schema.elements = [element]
        return schema
    }

    static func map(of element: JSONSchema) -> JSONSchema {
        var schema = JSONSchema(.object)
        schema.elements = [element]
        return schema
    }

    static let flag = JSONSchema(.boolean)
    static let text = JSONSchema(.string)

    /// All that have a name, this one and those within it.
    var named: [String: JSONSchema] {
        var found: [String: JSONSchema] = [:]
        for schema in Array(properties.values) + elements { found.merge(schema.named) { first, _ in first } }
        if let name { found[name] = self }
        return found
    }

    /// As the document has it: by reference where it has a name.
    var reference: JSONValue {
        guard let name else { return description }
        guard let text else { return .object(["$ref": .text("#/components/schemas/\(name)")]) }
        return .object(["$ref": .text("#/components/schemas/\(name)"), "description": .text(text)])
    }

    /// As the document has it in place.
    var description: JSONValue {
        var object: [String: JSONValue] = ["type": .text(kind.rawValue)]
        object["description"] = text.map(JSONValue.text)
        object["format"] = format.map(JSONValue.text)
        object["pattern"] = pattern.map { .text("^\($0)$") }
        object["minLength"] = shortest.map { .number(Int64($0)) }
        object["maxLength"] = longest.map { .number(Int64($0)) }
        object["minimum"] = minimum.map(JSONValue.number)
        object["maximum"] = maximum.map(JSONValue.number)
        if !values.isEmpty {
            object["enum"] = .list(
                values.map { kind == .integer ? Int64($0).map(JSONValue.number) ?? .text($0) : .text($0) })
        }
        switch kind {
        case .array: object["items"] = elements.first?.reference ?? .object([:])
        case .object:
            if let element = elements.first {
                object["additionalProperties"] = element.reference
            } else {
                object["properties"] = .object(properties.mapValues(\.reference))
                object["additionalProperties"] = .flag(false)
                if !required.isEmpty { object["required"] = .list(required.sorted().map(JSONValue.text)) }
            }
        case .string, .boolean, .integer, .number: break
        }
        return .object(object)
    }
}

/// JSON of any shape, to be written.
indirect enum JSONValue: Encodable, Sendable, Hashable {
    case text(String)
    case flag(Bool)
    case number(Int64)
    case list([JSONValue])
    case object([String: JSONValue])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .flag(let flag): try container.encode(flag)
        case .number(let number): try container.encode(number)
        case .list(let list): try container.encode(list)
        case .object(let object): try container.encode(object)
        }
    }
}
