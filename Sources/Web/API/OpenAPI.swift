import HTTPTypes
import Model

/// The API's description, OpenAPI 3.1, made from the same table that registers the routes.
enum OpenAPI {
    /// JSON of any shape.
    indirect enum Value: Encodable, Sendable, Hashable {
        case text(String)
        case flag(Bool)
        case list([Value])
        case object([String: Value])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .flag(let flag): try container.encode(flag)
            case .list(let list): try container.encode(list)
            case .object(let object): try container.encode(object)
            }
        }
    }

    static func document(of routes: [APIRoute], version: String) -> Value {
        var paths: [String: [String: Value]] = [:]
        for route in routes {
            paths[API.prefix + route.path, default: [:]][route.method.rawValue.lowercased()] = operation(route)
        }
        return .object([
            "openapi": .text("3.1.0"),
            "info": .object(["title": .text("Slipway"), "version": .text(version)]),
            "paths": .object(paths.mapValues { .object($0) }),
            "security": .list([.object(["token": .list([])])]),
            "components": .object([
                "securitySchemes": .object([
                    "token": .object(["type": .text("http"), "scheme": .text("bearer")])
                ]),
                "schemas": .object(["Problem": problem]),
            ]),
        ])
    }

    private static func operation(_ route: APIRoute) -> Value {
        let captures = route.path.matches(of: /\{(\w+)\}/).map { parameter(String($0.1), "path", "string", "", true) }
        let query = route.query.map { parameter($0.name, "query", $0.type, $0.text, $0.isRequired) }
        let key =
            ["POST", "PUT", "DELETE"].contains(route.method.rawValue)
            ? [parameter("Idempotency-Key", "header", "string", "A repeated request gets the first answer.", false)]
            : []
        var operation: [String: Value] = [
            "summary": .text(route.summary),
            "parameters": .list(captures + query + key),
            "responses": .object([
                "\(route.status.code)": success(route),
                "default": .object([
                    "description": .text("A problem document (RFC 9457)"),
                    "content": .object([
                        "application/problem+json": .object([
                            "schema": .object(["$ref": .text("#/components/schemas/Problem")])
                        ])
                    ]),
                ]),
            ]),
        ]
        if !route.body.isEmpty { operation["requestBody"] = body(route.body) }
        return .object(operation)
    }

    private static func parameter(
        _ name: String, _ place: String, _ type: String, _ text: String, _ isRequired: Bool
    ) -> Value {
        .object([
            "name": .text(name), "in": .text(place), "required": .flag(isRequired), "description": .text(text),
            "schema": .object(["type": .text(type)]),
        ])
    }

    private static func success(_ route: APIRoute) -> Value {
        guard !route.answer.isEmpty else { return .object(["description": .text("Done")]) }
        let media = route.answer.contains("/") ? route.answer : "application/json"
        let schema: Value =
            route.answer.contains("/")
            ? .object(["type": .text("string")]) : .object(["title": .text(route.answer)])
        return .object([
            "description": .text(route.answer), "content": .object([media: .object(["schema": schema])]),
        ])
    }

    private static func body(_ fields: [APIRoute.Field]) -> Value {
        let properties = fields.map {
            ($0.name, Value.object(["type": .text($0.type), "description": .text($0.text)]))
        }
        return .object([
            "required": .flag(true),
            "content": .object([
                "application/json": .object([
                    "schema": .object([
                        "type": .text("object"),
                        "properties": .object(Dictionary(properties) { first, _ in first }),
                        "required": .list(fields.filter(\.isRequired).map { .text($0.name) }),
                    ])
                ])
            ]),
        ])
    }

    private static let problem: Value = .object([
        "type": .text("object"),
        "required": .list(["type", "title", "status", "detail", "code"].map(Value.text)),
        "properties": .object([
            "type": .object(["type": .text("string")]), "title": .object(["type": .text("string")]),
            "status": .object(["type": .text("integer")]), "detail": .object(["type": .text("string")]),
            "code": .object([
                "type": .text("string"), "enum": .list(Failure.Code.allCases.map { .text($0.rawValue) }),
            ]),
            "hint": .object(["type": .text("string")]), "cause": .object(["type": .text("string")]),
            "findings": .object(["type": .text("array")]),
        ]),
    ])
}
