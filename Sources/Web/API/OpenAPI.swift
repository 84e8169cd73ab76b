import Access
import HTTPTypes
import Model
import Store

/// The API's description, OpenAPI 3.1, made from the same table that registers the routes.
enum OpenAPI {
    static func document(of routes: [APIRoute], version: String, url: String) -> JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        var schemas = problem.named
        for route in routes {
            paths[API.prefix + route.path, default: [:]][route.method.rawValue.lowercased()] = operation(route)
            if let body = route.body { schemas.merge(body.schema.named) { first, _ in first } }
            if case .json(let schema) = route.output { schemas.merge(schema.named) { first, _ in first } }
        }
        for schema in [JSONSchema.of(Event.self), JSONSchema.of(AuditEntry.self)] {
            schemas.merge(schema.named) { first, _ in first }
        }
        paths["\(API.prefix)/openapi.json"] = ["get": itself]
        return .object([
            "openapi": .text("3.1.0"),
            "info": .object([
                "title": .text("Slipway"), "version": .text(version), "description": .text(about),
                "license": .object(["name": .text("Apache License 2.0"), "identifier": .text("Apache-2.0")]),
            ]),
            "servers": .list([.object(["url": .text(url)])]),
            "tags": .list(Set(routes.map(tag)).sorted().map { .object(["name": .text($0)]) }),
            "paths": .object(paths.mapValues { .object($0) }),
            "security": .list([.object(["token": .list([])]), .object(["session": .list([])])]),
            "components": .object([
                "securitySchemes": .object([
                    "token": .object([
                        "type": .text("http"), "scheme": .text("bearer"),
                        "description": .text("slp_…, made with `slipway tokens create`."),
                    ]),
                    "session": .object([
                        "type": .text("apiKey"), "in": .text("cookie"),
                        "name": .text(DoorCookies(isSecure: url.hasPrefix("https:")).sessionName),
                        "description": .text("Of who is signed in; what changes something takes X-CSRF-Token too."),
                    ]),
                ]),
                "schemas": .object(schemas.mapValues(\.description)),
            ]),
        ])
    }

    private static let about = """
        What may go wrong is answered as a problem document (RFC 9457). What one may not read is answered as if it did \
        not exist: 404. Times are ISO 8601 in UTC. What is absent is left away, never null; what isn't described is \
        refused, in a body and in a query; texts have no NUL character. Later versions may answer more fields. Lists \
        that have a `cursor` go on with `?before=`. \
        Who may ask what stands in docs/permissions.md.
        """

    // MARK: Operations

    private static func operation(_ route: APIRoute) -> JSONValue {
        let captures = route.path.matches(of: /\{(\w+)\}/).map { capture(String($0.1)) }
        let query = route.query.map { parameter($0.name, "query", $0.schema, $0.isRequired) }
        let key = changes(route) ? [idempotencyKey] : []
        var operation: [String: JSONValue] = [
            "operationId": .text(identifier(of: route)), "tags": .list([.text(tag(route))]),
            "summary": .text(route.summary), "responses": .object(responses(route)),
        ]
        let parameters = captures + query + key
        if !parameters.isEmpty { operation["parameters"] = .list(parameters) }
        if let body = route.body {
            operation["requestBody"] = .object([
                "required": .flag(true),
                "content": .object(["application/json": .object(["schema": body.schema.reference])]),
            ])
        }
        return .object(operation)
    }

    private static func changes(_ route: APIRoute) -> Bool { route.method != .get }

    /// The noun: the last part of the path before which there is no other, `builds` of `/builds/{id}/cancel`.
    static func tag(_ route: APIRoute) -> String {
        if route.path.contains("/stacks") { return "stacks" }
        if route.path.hasSuffix("/deploys") { return "deploys" }
        if route.path.hasSuffix("/builds") { return "builds" }
        return String(route.path.split(separator: "/").first?.split(separator: ".").first ?? "")
    }

    /// As the audit log calls it, `app.add`; of what only reads the path's nouns, `apps.commits.list`.
    static func identifier(of route: APIRoute) -> String {
        if let action = route.action { return action }
        let parts = route.path.split(separator: "/").filter { !$0.hasPrefix("{") }
        return parts.joined(separator: ".") + (isList(route) ? ".list" : ".get")
    }

    private static func isList(_ route: APIRoute) -> Bool {
        guard case .json(let schema) = route.output else { return false }
        return schema.kind == .array || schema.properties.keys.contains("rows")
    }

    // MARK: Parameters

    private static func capture(_ name: String) -> JSONValue {
        var schema = JSONSchema.text
        switch name {
        case "id": (schema, schema.minimum) = (JSONSchema(.integer, format: "int64"), 1)
        case "step": (schema, schema.minimum) = (JSONSchema(.integer, format: "int64"), 0)
        case "sha": schema = JSONSchema(.string, pattern: "[0-9a-fA-F]{40}")
        default: (schema.shortest, schema.longest) = (1, 200)
        }
        schema.text = captureTexts[name]
        return parameter(name, "path", schema, true)
    }

    private static let captureTexts = [
        "app": "Name of an app.", "environment": "Name or alias of an environment.", "id": "Its number.",
        "sha": "A commit's SHA, in full.", "step": "Number of a step, from 0.", "stack": "Name of a stack.",
        "container": "Id of a container.", "name": "Name of a secret.", "account": "Name of an account.",
        "team": "Name of a team.",
    ]

    private static let idempotencyKey: JSONValue = {
        var schema = JSONSchema.text
        schema.text = "A repeated request with the same key gets the first one's answer, for a day."
        (schema.shortest, schema.longest) = (1, IdempotencyTable.longestKey)
        return parameter("Idempotency-Key", "header", schema, false)
    }()

    private static func parameter(_ name: String, _ place: String, _ schema: JSONSchema, _ isRequired: Bool)
        -> JSONValue
    {
        var plain = schema
        plain.text = nil
        return .object([
            "name": .text(name), "in": .text(place), "required": .flag(isRequired),
            "description": .text(schema.text ?? ""), "schema": plain.reference,
        ])
    }

    // MARK: Answers

    private static func responses(_ route: APIRoute) -> [String: JSONValue] {
        var responses = ["\(route.status.code)": success(route)]
        if case .media(_, _, _, mayBeEmpty: true) = route.output {
            responses["204"] = .object(["description": .text("There is nothing after the offset, and never will be.")])
        }
        for (status, codes) in Dictionary(grouping: problems(of: route), by: \.httpStatus) {
            let titles = codes.map(\.title).sorted().joined(separator: "; ")
            responses["\(status)"] = failure(titles)
        }
        return responses.merging(early) { own, _ in own }
    }

    /// How any request may end before it is known what it is for.
    private static let early: [String: JSONValue] = [
        "408": failure("The request took too long to arrive."), "414": failure("The address is too long."),
        "431": failure("The head of the request is too large."),
        "503": failure("The server has as many connections as it can bear."),
    ]

    /// How an operation may fail: what follows from who may ask, from what it takes, and what it says of itself.
    static func problems(of route: APIRoute) -> Set<Failure.Code> {
        // The last ones, before it is looked at: another server's name, too many connections or streams.
        var codes: Set<Failure.Code> = [.usage, .unauthorized, .misdirected, .tooMany]
        if route.path.contains("{") { codes.insert(.notFound) }
        if case .right(let right, let subject) = route.access {
            if subject == .secret { codes.insert(.notFound) }
            if right != .read || subject == .server { codes.insert(.forbidden) }
        }
        if route.access == .own { codes.insert(.forbidden) }
        if changes(route) {
            codes.formUnion([.forbidden, .conflict, .invalid, .tooLarge, .unsupportedMediaType])
        }
        if route.body != nil { codes.insert(.notFound) }
        return codes.union(route.problems)
    }

    private static func success(_ route: APIRoute) -> JSONValue {
        switch route.output {
        case .nothing: return .object(["description": .text("Done.")])
        case .json(let schema):
            return .object([
                "description": .text(route.summary),
                "content": .object(["application/json": .object(["schema": schema.reference])]),
            ])
        case .media(let type, let text, let headers, _):
            var answer: [String: JSONValue] = [
                "description": .text(text),
                "content": .object([type: .object(["schema": JSONSchema.text.reference])]),
            ]
            if !headers.isEmpty {
                answer["headers"] = .object(
                    headers.mapValues { .object(["description": .text($0), "schema": JSONSchema.text.reference]) })
            }
            return .object(answer)
        }
    }

    private static func failure(_ text: String) -> JSONValue {
        .object([
            "description": .text(text),
            "content": .object([Problem.contentType: .object(["schema": problem.reference])]),
        ])
    }

    /// It reads problems of others, too, which have less in them than ours.
    static let problem: JSONSchema = {
        var schema = JSONSchema.of(Problem.self)
        schema.required.formUnion(["type", "title", "status", "detail", "code", "findings"])
        return schema
    }()

    private static let itself: JSONValue = .object([
        "operationId": .text("openapi.get"), "tags": .list([.text("openapi")]), "summary": .text("This document"),
        "responses": .object([
            "200": .object([
                "description": .text("OpenAPI 3.1"),
                "content": .object([
                    "application/json": .object(["schema": .object(["type": .text("object")])])
                ]),
            ]),
            "401": failure(Failure.Code.unauthorized.title),
        ]),
    ])
}
