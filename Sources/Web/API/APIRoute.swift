import Access
import Foundation
import HTTPTypes
import Hummingbird
import Model

/// One operation of the JSON API: what registers it is also what describes it, and what it answers says its schema.
struct APIRoute: Sendable {
    /// A parameter of the query, or what is to be said of a field of the body.
    struct Field: Sendable {
        var name: String
        var schema: JSONSchema
        var isRequired = false

        static func text(
            _ name: String, _ text: String, values: [String] = [], pattern: String? = nil,
            longest: Int? = 1000, isRequired: Bool = false
        ) -> Field {
            var schema = JSONSchema(.string, pattern: pattern)
            (schema.text, schema.values) = (text, values)
            schema.longest = values.isEmpty && pattern == nil ? longest : nil
            return Field(name: name, schema: schema, isRequired: isRequired)
        }

        static func number(_ name: String, _ text: String, _ range: ClosedRange<Int64>) -> Field {
            var schema = JSONSchema(.integer, format: "int64")
            (schema.text, schema.minimum, schema.maximum) = (text, range.lowerBound, range.upperBound)
            return Field(name: name, schema: schema)
        }

        /// 1 for yes, 0 for no.
        static func flag(_ name: String, _ text: String) -> Field {
            var schema = JSONSchema(.integer)
            (schema.text, schema.values) = (text, ["0", "1"])
            return Field(name: name, schema: schema)
        }

        static func list(_ name: String, _ text: String) -> Field {
            var schema = JSONSchema(.array)
            schema.text = text
            return Field(name: name, schema: schema)
        }
    }

    /// The JSON that an operation takes: the type that reads it, and what is to be said of its fields.
    struct Body: Sendable {
        var schema: JSONSchema
        var type: ObjectIdentifier
        var fields: [Field]

        static func of<T: Decodable>(_ type: T.Type, _ fields: [Field] = []) -> Body {
            var schema = JSONSchema.of(type)
            for field in fields {
                guard var property = schema.properties[field.name] else { continue }
                property.text = field.schema.text
                if property.kind == field.schema.kind {
                    (property.pattern, property.longest) = (field.schema.pattern, field.schema.longest)
                    if property.values.isEmpty { property.values = field.schema.values }
                    (property.minimum, property.maximum) = (field.schema.minimum, field.schema.maximum)
                }
                schema.properties[field.name] = property
            }
            return Body(schema: schema, type: ObjectIdentifier(type), fields: fields)
        }
    }

    /// What it answers when all is well.
    enum Output: Sendable {
        case nothing
        case json(JSONSchema)
        /// Bytes of that media type; `mayBeEmpty`: 204 where there is nothing.
        case media(String, text: String, headers: [String: String], mayBeEmpty: Bool)
    }

    var method: HTTPRequest.Method
    /// Below `/api/v1`, parts in braces are parameters: `/apps/{app}`.
    var path: String
    var access: RouteAccess
    /// What the audit log calls it; nil where it changes nothing.
    var action: String?
    var summary: String
    var query: [Field]
    var body: Body?
    var status: HTTPResponse.Status
    var output: Output
    /// Whether the answer is kept for a repeated request.
    var isKept: Bool
    /// How else it may fail, beside what all operations of its kind do.
    var problems: [Failure.Code]
    var handler: @Sendable (APICall) async throws -> APIAnswer

    /// An operation that answers JSON of that type. One with `isKept` false answers a secret.
    init<Answer: Codable & Sendable>(
        method: HTTPRequest.Method, path: String, access: RouteAccess, action: String? = nil, summary: String,
        query: [Field] = [], body: Body? = nil, status: HTTPResponse.Status = .ok, answer: Answer.Type,
        isKept: Bool = true, problems: [Failure.Code] = [],
        handler: @escaping @Sendable (APICall) async throws -> Answer
    ) {
        (self.method, self.path, self.access, self.action, self.summary) = (method, path, access, action, summary)
        (self.query, self.body, self.status, self.isKept, self.problems) = (query, body, status, isKept, problems)
        output = .json(.of(answer))
        self.handler = { .json(status, [UInt8](try JSONCoding.encoder.encode(try await handler($0)))) }
    }

    /// An operation that has nothing to say when all is well.
    init(
        method: HTTPRequest.Method, path: String, access: RouteAccess, action: String, summary: String,
        query: [Field] = [], problems: [Failure.Code] = [],
        handler: @escaping @Sendable (APICall) async throws -> Void
    ) {
        (self.method, self.path, self.access, self.action, self.summary) = (method, path, access, action, summary)
        (self.query, self.status, self.problems, self.output) = (query, .noContent, problems, .nothing)
        isKept = true
        self.handler = { call in
            try await handler(call)
            return .nothing
        }
    }

    /// An operation that answers a stream or a file.
    init(
        path: String, access: RouteAccess, summary: String, query: [Field] = [], media: String, text: String,
        headers: [String: String] = [:], mayBeEmpty: Bool = false, problems: [Failure.Code] = [],
        handler: @escaping @Sendable (APICall) async throws -> Response
    ) {
        (method, self.path, self.access, self.summary, self.query) = (.get, path, access, summary, query)
        (status, self.problems, isKept) = (.ok, problems, false)
        output = .media(media, text: text, headers: headers, mayBeEmpty: mayBeEmpty)
        self.handler = { .raw(try await handler($0)) }
    }
}

/// What an operation gives back.
enum APIAnswer: Sendable {
    case json(HTTPResponse.Status, [UInt8])
    case nothing
    /// A stream or a file.
    case raw(Response)

    var response: Response {
        switch self {
        case .json(let status, let bytes): .json(bytes, status)
        case .nothing: Response(status: .noContent)
        case .raw(let response): response
        }
    }
}

/// A part of a list and where the next part begins.
struct Page<Row: Codable & Sendable>: Codable, Sendable {
    var rows: [Row]
    /// Pass as `?before=`; absent on the last page.
    var cursor: Int64?
}
