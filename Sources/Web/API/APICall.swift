import Access
import Delivery
import Foundation
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Stacks

/// A request to the API with what it takes to answer it.
struct APICall: Sendable {
    var route: APIRoute
    var request: Request
    var context: WebContext
    var services: WebServices

    /// How rows name who asked.
    var actorName: String { context.actorName }

    func path(_ name: String) throws -> String { try context.parameters.require(name) }

    /// A number in the path. Throws `.notFound`: an id that isn't a number names nothing.
    func id(_ name: String = "id") throws -> Int64 { try context.parameters.id(name) }

    func query(_ name: String) -> String? { request.uri.queryParameters[Substring(name)].map(String.init) }

    /// A number of the query, which ``checkQuery()`` has looked at.
    func number(_ name: String) throws -> Int? { query(name).flatMap { Int($0) } }

    /// How many rows a list gives: `?limit=`, 50 without it, at most 200.
    func limit() throws -> Int { min(max(try number("limit") ?? 50, 1), 200) }

    /// Throws `.usage` unless the query is as the route describes it: a parameter that is misspelt must not be taken for
    /// one that is absent.
    func checkQuery() throws {
        let given = request.uri.queryParameters
        for (name, value) in given {
            guard let field = route.query.first(where: { $0.name == name }) else {
                let names = route.query.map(\.name).joined(separator: ", ")
                throw Failure(
                    .usage, "?\(name.prefix(60))= means nothing here",
                    hint: names.isEmpty ? "There are no parameters." : "There are: \(names).")
            }
            guard given.filter({ $0.key == name }).count == 1 else {
                throw Failure(.usage, "?\(name)= is given twice", hint: field.schema.text)
            }
            if let mismatch = field.schema.mismatch(inParameter: String(value), named: "?\(name)=") {
                throw Failure(.usage, mismatch.text, hint: field.schema.text)
            }
        }
        for field in route.query where field.isRequired && given[Substring(field.name)] == nil {
            throw Failure(.usage, "?\(field.name)= is missing", hint: field.schema.text)
        }
    }

    /// The body. Throws `.usage` or `.invalid`, saying what is wrong with it.
    func body<T: Decodable>(_ type: T.Type) async throws -> T {
        guard let body = route.body, body.type == ObjectIdentifier(type) else {
            throw Failure(.internal, "\(route.path) reads a body that it doesn't describe")
        }
        guard isJSON else {
            throw Failure(
                .unsupportedMediaType, "The body of the request is not JSON",
                hint: "Send Content-Type: application/json.")
        }
        let limits = services.settings.limits
        let buffer = try await request.body.collect(upTo: limits.json)
        try JSONShape.check(buffer.readableBytesView, limits)
        let data = Data(buffer.readableBytesView)
        let problem = Failure(
            .usage, "The body of the request can't be read", hint: "GET /api/v1/openapi.json describes it.")
        guard let json = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) else {
            throw problem.caused(by: data.isEmpty ? "it is empty" : "it is not JSON")
        }
        if let mismatch = body.schema.mismatch(in: json) {
            guard mismatch.isValue else { throw problem.caused(by: mismatch.text) }
            throw Failure(.invalid, mismatch.text)
        }
        do {
            return try JSONCoding.decoder.decode(type, from: data)
        } catch let error as DecodingError {
            throw problem.caused(by: error.sentence)
        }
    }

    /// Whether the body says that it is JSON, or nothing of what it is.
    private var isJSON: Bool {
        guard let header = request.headers[.contentType] else { return true }
        let type = header.prefix { $0 != ";" }.lowercased().trimmed
        return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }

    func app() async throws -> App { try await services.delivery.app(named: try path("app")) }

    func target() async throws -> Target {
        try await services.delivery.target(app: try path("app"), environment: try path("environment"))
    }

    func environment() async throws -> Model.Environment {
        try await services.environment(context)
    }
}

extension Failure {
    fileprivate func caused(by cause: String) -> Failure {
        var failure = self
        failure.cause = cause
        return failure
    }
}

extension DecodingError {
    /// Where and what, without the type's inner life.
    var sentence: String {
        func place(_ context: Context) -> String { context.codingPath.map(\.stringValue).joined(separator: ".") }
        return switch self {
        case .keyNotFound(let key, let context):
            "\((context.codingPath + [key]).map(\.stringValue).joined(separator: ".")) is missing"
        case .typeMismatch(let type, let context): "\(place(context)) is not a \(type)"
        case .valueNotFound(_, let context): "\(place(context)) is null"
        case .dataCorrupted(let context): "\(place(context)) \(context.debugDescription)".trimmed
        @unknown default: "\(self)"
        }
    }
}
