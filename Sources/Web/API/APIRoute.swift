import Access
import Delivery
import Foundation
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Stacks

/// One operation of the JSON API: what registers it is also what describes it.
struct APIRoute: Sendable {
    /// A parameter of the query or a field of the body.
    struct Field: Sendable {
        var name: String
        /// As JSON Schema calls it: `string`, `integer`, `array`.
        var type = "string"
        var text: String
        var isRequired = false
    }

    var method: HTTPRequest.Method
    /// Below `/api/v1`, parts in braces are parameters: `/apps/{app}`.
    var path: String
    var access: RouteAccess
    /// What the audit log calls it; nil where it changes nothing.
    var action: String?
    var summary: String
    var query: [Field] = []
    /// Fields of the JSON body; empty where there is none.
    var body: [Field] = []
    var status: HTTPResponse.Status = .ok
    /// Name of what it answers, or the media type where that isn't JSON.
    var answer: String
    var handler: @Sendable (APICall) async throws -> APIAnswer
}

/// A request to the API with what it takes to answer it.
struct APICall: Sendable {
    var request: Request
    var context: WebContext
    var services: WebServices

    /// How rows name who asked.
    var actorName: String { context.actorName }

    func path(_ name: String) throws -> String { try context.parameters.require(name) }

    /// A number in the path. Throws `.notFound`: an id that isn't a number names nothing.
    func id(_ name: String = "id") throws -> Int64 { try context.parameters.id(name) }

    func query(_ name: String) -> String? { request.uri.queryParameters[Substring(name)].map(String.init) }

    func number(_ name: String) throws -> Int? {
        guard let text = query(name) else { return nil }
        guard let number = Int(text) else { throw Failure(.usage, "?\(name)=\(text) is not a number") }
        return number
    }

    /// How many rows a list gives: `?limit=`, 50 without it, at most 200.
    func limit() throws -> Int { min(max(try number("limit") ?? 50, 1), 200) }

    /// The body. Throws `.usage`, saying what is wrong with it.
    func body<T: Decodable>(_ type: T.Type) async throws -> T {
        let limits = services.settings.limits
        let buffer = try await request.body.collect(upTo: limits.json)
        try JSONShape.check(buffer.readableBytesView, limits)
        do {
            return try JSONCoding.decoder.decode(type, from: Data(buffer.readableBytesView))
        } catch let error as DecodingError {
            throw Failure(
                .usage, "The body of the request can't be read", hint: "GET /api/v1/openapi.json describes it.",
                cause: error.sentence)
        }
    }

    func app() async throws -> App { try await services.delivery.app(named: try path("app")) }

    func target() async throws -> Target {
        try await services.delivery.target(app: try path("app"), environment: try path("environment"))
    }

    func environment() async throws -> Model.Environment {
        try await services.stacks.environment(named: try path("environment"))
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

/// What an operation gives back.
enum APIAnswer: Sendable {
    case json(HTTPResponse.Status, [UInt8])
    case nothing
    /// A stream or a file: not kept for a repeated request.
    case raw(Response)

    static func value(_ value: some Encodable, _ status: HTTPResponse.Status = .ok) throws -> APIAnswer {
        .json(status, [UInt8](try JSONCoding.encoder.encode(value)))
    }

    var response: Response {
        switch self {
        case .json(let status, let bytes):
            Response(
                status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .nothing: Response(status: .noContent)
        case .raw(let response): response
        }
    }
}

/// A part of a list and where the next part begins.
struct Page<Row: Encodable & Sendable>: Encodable, Sendable {
    var rows: [Row]
    /// Pass as `?before=`; absent on the last page.
    var cursor: Int64?
}
