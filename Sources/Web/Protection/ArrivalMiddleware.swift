import HTTPTypes
import Hummingbird

/// Finds out where a request comes from, before anything else looks at it.
struct ArrivalMiddleware: RouterMiddleware {
    let services: WebServices

    func handle(
        _ request: Request, context: WebContext, next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.seats = services.seats
        switch context.listener {
        case .local: context.address = "local"
        case .port, .front:
            let peer = context.listener == .front ? nil : context.address
            let arrival = arrival(from: peer, request.headers, trusted: services.settings.trustedProxies)
            context.address = arrival.address
            context.isSecure = arrival.isSecure || services.settings.publicURL.hasPrefix("https:")
        }
        return try await next(request, context)
    }
}
