import Access
import Foundation
import HTTPTypes
import Hummingbird
import Model
import NIOCore

/// Finds out who asks: a bearer token, the cookie of a session or the local socket say it. What they may do, ``Gate``
/// decides for each route; where there is no route, a stranger is not told so.
struct Gatekeeper: RouterMiddleware {
    let services: WebServices

    func handle(
        _ input: Request, context: WebContext, next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var (request, context) = (input, context)
        if !request.isSafe, !request.isAPI,
            request.headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true
        {
            let limits = services.settings.limits
            context.form = try FormFields.parse(
                String(buffer: try await request.collectBody(upTo: limits.form)), most: limits.formFields)
        }
        try await identify(request, &context)
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound && context.principal == nil {
            throw Failure(.unauthorized, "Nobody is signed in", hint: "Sign in, or send Authorization: Bearer slp_…")
        }
    }

    private func identify(_ request: Request, _ context: inout WebContext) async throws {
        if let header = request.headers[.authorization] {
            let credential = Self.token(in: header).map(Credential.token)
            guard let credential, let (principal, _) = try await services.principal(of: credential) else {
                throw Failure(
                    .unauthorized, "The token is unknown or has expired", hint: "Make one: slipway tokens create NAME")
            }
            (context.credential, context.principal) = (credential, principal)
        } else if let secret = context.cookies.session(of: request),
            let (principal, csrf) = try await services.principal(of: .session(secret))
        {
            (context.credential, context.principal, context.csrf) = (.session(secret), principal, csrf)
        } else if context.listener == .local {
            (context.credential, context.principal) = (.local, .local)
        }
    }

    /// The token of `Bearer slp_…`, or the password of `Basic …`, which is what git sends.
    static func token(in header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        switch parts[0].lowercased() {
        case "bearer": return String(parts[1])
        case "basic":
            guard let data = Data(base64Encoded: String(parts[1])) else { return nil }
            let pair = String(decoding: data, as: UTF8.self)
            return pair.firstIndex(of: ":").map { String(pair[pair.index(after: $0)...]) }
        default: return nil
        }
    }
}

extension Request {
    /// Whether it only reads.
    var isSafe: Bool { method == .get || method == .head }
    /// Whether it is for the JSON API.
    var isAPI: Bool { uri.path.hasPrefix("/api/") }
}

extension HTTPField.Name {
    static let csrf = HTTPField.Name.known("X-CSRF-Token")
    static let fragment = HTTPField.Name.known("X-Slipway-Fragment")
    static let logOffset = HTTPField.Name.known("X-Slipway-Log-Offset")
    static let log = HTTPField.Name.known("Slipway-Log")
    static let logEnded = HTTPField.Name.known("X-Slipway-Log-Ended")
    static let idempotencyKey = HTTPField.Name.known("Idempotency-Key")
    static let lastEventID = HTTPField.Name.known("Last-Event-ID")
    static let fetchSite = HTTPField.Name.known("Sec-Fetch-Site")
    static let gitProtocol = HTTPField.Name.known("Git-Protocol")
    static let referrerPolicy = HTTPField.Name.known("Referrer-Policy")
    static let frameOptions = HTTPField.Name.known("X-Frame-Options")
    static let buffering = HTTPField.Name.known("X-Accel-Buffering")
    static let forwarded = HTTPField.Name.known("Forwarded")
    static let forwardedFor = HTTPField.Name.known("X-Forwarded-For")
    static let forwardedProto = HTTPField.Name.known("X-Forwarded-Proto")
    static let host = HTTPField.Name.known("Host")
    static let permissionsPolicy = HTTPField.Name.known("Permissions-Policy")
    static let openerPolicy = HTTPField.Name.known("Cross-Origin-Opener-Policy")
    static let resourcePolicy = HTTPField.Name.known("Cross-Origin-Resource-Policy")
    static let crossDomainPolicies = HTTPField.Name.known("X-Permitted-Cross-Domain-Policies")
    static let strictTransport = HTTPField.Name.known("Strict-Transport-Security")

    /// A valid name, as all of ours are; the tests hold them to it.
    private static func known(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .userAgent }
}
