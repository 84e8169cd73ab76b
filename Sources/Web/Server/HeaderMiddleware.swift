import Foundation
import HTTPTypes
import Hummingbird

/// Headers that every answer carries: no script or style but our own files, no frames, no guessing of types, nothing
/// kept by browsers and proxies.
struct HeaderMiddleware: RouterMiddleware {
    /// Of pages.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    ].joined(separator: "; ")
    /// Of everything else: opened by itself it is no page of ours, whatever it holds. Logs are written by anybody.
    static let sandbox = "default-src 'none'; frame-ancestors 'none'; sandbox"
    private static let permissions = [
        "accelerometer", "autoplay", "camera", "display-capture", "fullscreen", "geolocation", "gyroscope",
        "microphone",
        "midi", "payment", "usb",
    ].map { "\($0)=()" }.joined(separator: ", ")

    func handle(
        _ request: Request, context: WebContext, next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        let type = response.headers[.contentType]
        if let type, type.hasPrefix("text/"), !type.contains("charset="), type != "text/event-stream" {
            response.headers[.contentType] = "\(type); charset=utf-8"
        }
        let isPage = type?.hasPrefix("text/html") != false
        response.headers[.contentSecurityPolicy] = isPage ? Self.policy : Self.sandbox
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.frameOptions] = "DENY"
        response.headers[.referrerPolicy] = "same-origin"
        response.headers[.permissionsPolicy] = Self.permissions
        response.headers[.openerPolicy] = "same-origin"
        response.headers[.resourcePolicy] = "same-origin"
        response.headers[.crossDomainPolicies] = "none"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        if request.isAPI, let type, type.contains("json"), response.headers[.contentDisposition] == nil {
            response.headers[.contentDisposition] = "attachment; filename=\"api.json\""
        }
        if context.isSecure {
            response.headers[.strictTransport] = "max-age=31536000; includeSubDomains"
        }
        return response
    }
}
