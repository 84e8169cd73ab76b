import Foundation
import HTTPTypes
import Hummingbird
import Model

/// Turns away what no client of ours sends: requests for another name, of a method that the path doesn't take, from
/// another site's page, too long, or of a kind that isn't read.
struct RequestGuard: RouterMiddleware {
    let hosts: AllowedHosts
    let methods: MethodTable
    let limits: RequestLimits

    init(services: WebServices, routes: [Route]) {
        hosts = AllowedHosts(publicURL: services.settings.publicURL, others: services.settings.allowedHosts)
        methods = MethodTable(routes)
        limits = services.settings.limits
    }

    func handle(
        _ request: Request, context: WebContext, next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        // No other site's name leads to a file of this machine.
        if context.listener != .local { try checkHost(request) }
        guard request.uri.string.utf8.count <= limits.uri else {
            throw Refusal(
                failure: Failure(.tooLarge, "The address is longer than \(limits.uri) bytes"), headers: [:],
                status: .uriTooLong)
        }
        let allowed = methods.methods(at: request.uri.path)
        guard allowed.isEmpty || allowed.contains(request.method.rawValue) else {
            throw Refusal(
                failure: Failure(
                    .methodNotAllowed, "\(request.uri.path) takes no \(request.method.rawValue)",
                    hint: "It takes \(allowed.joined(separator: ", "))."),
                headers: [.allow: allowed.joined(separator: ", ")])
        }
        if !request.isSafe {
            try checkOrigin(request, context)
            try checkBody(request)
        }
        return try await next(request, context)
    }

    private func checkHost(_ request: Request) throws {
        guard let host = request.head.authority, !host.isEmpty, request.headers[.host] == nil else {
            throw Failure(.usage, "The request has no Host, or more than one")
        }
        guard hosts.allows(host) else {
            throw Failure(
                .misdirected, "This server is not called \(host.prefix(100))",
                hint: "It goes by the name of slipway serve --public-url, and by those of --allowed-host.")
        }
    }

    /// What changes something comes from our own pages, or from a program: no browser lets a page leave out both headers.
    private func checkOrigin(_ request: Request, _ context: WebContext) throws {
        guard request.headers[.authorization] == nil, context.listener != .local else { return }
        let isOwn: Bool =
            if let site = request.headers[.fetchSite] {
                ["same-origin", "none"].contains(site)
            } else if let origin = request.headers[.origin] {
                hosts.isOwn(origin: origin, host: request.head.authority ?? "", isSecure: context.isSecure)
            } else {
                true
            }
        guard isOwn else {
            throw Failure(
                .forbidden, "The form is from another site", hint: "Open the page here and send it once more.")
        }
    }

    private func checkBody(_ request: Request) throws {
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard length > 0 || request.headers[.transferEncoding] != nil, !request.uri.path.hasPrefix("/git/") else {
            return
        }
        let (wanted, most) =
            request.isAPI ? ("application/json", limits.json) : ("application/x-www-form-urlencoded", limits.form)
        let type = request.headers[.contentType]?.split(separator: ";").first.map { String($0).trimmed.lowercased() }
        let isHook = request.uri.path.hasPrefix("/webhooks/")
        guard type == wanted || isHook else {
            throw Failure(
                .unsupportedMediaType, "A body of the type \(type?.prefix(100) ?? "that isn't said") isn't read here",
                hint: "Send Content-Type: \(wanted).")
        }
        guard length <= (isHook ? limits.json : most) else {
            throw Failure(.tooLarge, "The body has \(length) bytes", hint: "At most \(most) are taken.")
        }
    }
}
