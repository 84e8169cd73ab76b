import Access
import Foundation
import HTTPTypes
import Hummingbird
import Model

/// The JSON API below `/api/v1`.
struct API: Sendable {
    static let prefix = "/api/v1"

    let services: WebServices
    let kept: IdempotencyTable

    init(services: WebServices) {
        self.services = services
        kept = IdempotencyTable(store: services.store)
    }

    /// Every operation; registers them and describes them.
    static let operations: [APIRoute] =
        appRoutes + buildRoutes + targetRoutes + deployRoutes + environmentRoutes + serviceRoutes + terminalRoutes
        + secretRoutes + tokenRoutes
        + accountRoutes + teamRoutes + grantRoutes + generalRoutes

    var routes: [Route] {
        let routes = Self.operations.map { operation in
            Route(
                method: operation.method, path: Self.prefix + operation.path, access: operation.access,
                action: operation.action
            ) { request, context in
                let call = APICall(route: operation, request: request, context: context, services: services)
                return try await answer(operation, call).response
            }
        }
        let document = Route.get("\(Self.prefix)/openapi.json", .known) { _, _ in
            let document = OpenAPI.document(
                of: Self.operations, version: services.settings.version, url: services.settings.publicURL)
            return .json([UInt8](try JSONCoding.encoder.encode(document)))
        }
        return routes + [document]
    }

    private func answer(_ route: APIRoute, _ call: APICall) async throws -> APIAnswer {
        try call.checkQuery()
        guard !call.request.isSafe, let key = call.request.headers[.idempotencyKey], !key.isEmpty else {
            return try await route.handler(call)
        }
        return try await kept.answer(
            key: key, actor: call.context.principal?.actor.key ?? "",
            request: "\(route.method.rawValue) \(call.request.uri.path)",
            at: services.now()
        ) {
            let answer = try await route.handler(call)
            return route.isKept ? answer : .raw(answer.response)
        }
    }

    /// The pages' parameters of a list.
    static let paging: [APIRoute.Field] = [
        .number("before", "The cursor of the page before.", 0...Int64.max),
        .number("limit", "Rows a page, 50 without it.", 1...200),
    ]

    /// The parameters of a log.
    static let logQuery: [APIRoute.Field] = [
        .number("offset", "The first byte.", 0...Int64.max),
        .flag("follow", "1: go on until the step has ended."),
    ]
}
