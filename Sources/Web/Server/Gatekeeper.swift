import Access
import Foundation
import HTTPTypes
import Hummingbird
import Model
import NIOCore

/// The one place that finds out who asks, and turns away who may not.
///
/// A bearer token, the cookie of a session or the local socket say who it is; what a session changes must carry its
/// CSRF token, because a browser sends the cookie whoever made the form.
struct Gatekeeper: RouterMiddleware {
    static let cookie = "slipway_session"
    private static let largestForm = 1 << 20

    let access: Access

    func handle(
        _ input: Request, context: WebContext, next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var (request, context) = (input, context)
        if request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true {
            context.form = FormFields.parse(
                String(buffer: try await request.collectBody(upTo: Self.largestForm)))
        }
        try await identify(request, &context)
        guard !Self.isOpen(request.uri.path) else { return try await next(request, context) }
        guard let actor = context.actor else {
            throw Failure(.unauthorized, "Nobody is signed in", hint: "Sign in, or send Authorization: Bearer slp_…")
        }
        try check(actor, request)
        if let session = context.session, !request.isSafe {
            let sent = request.headers[.csrf] ?? context.form["csrf"]
            guard sent == session.csrf else {
                throw Failure(
                    .forbidden, "The form is from another session", hint: "Load the page again and send it once more.")
            }
        }
        return try await next(request, context)
    }

    /// Paths that need nobody.
    private static func isOpen(_ path: String) -> Bool {
        ["/sign-in", "/healthz", "/readyz"].contains(path) || path.hasPrefix("/assets/")
    }

    private func identify(_ request: Request, _ context: inout WebContext) async throws {
        if let header = request.headers[.authorization] {
            guard let token = Self.token(in: header), let actor = try await access.actor(token: token) else {
                throw Failure(
                    .unauthorized, "The token is unknown or has expired", hint: "Make one: slipway tokens create NAME")
            }
            context.actor = actor
        } else if let secret = request.cookies[Self.cookie]?.value, let session = try await access.session(secret) {
            context.actor = session.actor
            context.session = (secret, session.csrf)
        } else if context.isLocal {
            context.actor = Actor(name: "local", kind: .socket)
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

    /// The token of a deploy's script reaches its environment and its rollouts and nothing else.
    private func check(_ actor: Actor, _ request: Request) throws {
        if case .deploy = actor.kind {
            let path = request.uri.path
            let isUp = path.hasPrefix("/api/v1/environments/") && path.hasSuffix("/up")
            let isRead = path.hasPrefix("/api/v1/environments") || path.hasPrefix("/api/v1/rollouts/")
            guard isUp || (isRead && request.isSafe) else {
                throw Failure(.forbidden, "The token of a deploy's script is for that deploy's environment alone")
            }
        } else if !request.isSafe, !isAllowed(.change, for: actor) {
            throw Failure(.forbidden, "\(actor.name) may look but not change anything")
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

    /// A valid name, as all of ours are; the tests hold them to it.
    private static func known(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .userAgent }
}
