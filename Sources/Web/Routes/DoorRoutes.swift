import Access
import HTTPTypes
import Hummingbird
import Model
import Store

/// Signing in and out, files for the browser, and whether the server is well.
struct DoorRoutes: Sendable {
    let services: WebServices

    var routes: [Route] {
        [
            .get("/sign-in", .open) { request, context in
                let next = Self.local(request.uri.queryParameters["next"].map(String.init))
                if context.principal != nil { return .seeOther(next) }
                return try await services.signInPage(next: next, context)
            },
            .post("/sign-in", .open, "session.start") { request, context in try await signIn(request, context) },
            .post("/sign-out", .known, "session.end") { _, context in try await signOut(context) },
            .get("/assets/{hash}/{name}", .open) { request, _ in
                guard let asset = Assets.all.first(where: { $0.path == request.uri.path }) else {
                    throw Failure(.notFound, "There is nothing at \(request.uri.path)")
                }
                return .text(asset.text, asset.contentType, cache: "public, max-age=31536000, immutable")
            },
            .get("/healthz", .open) { _, _ in .text("ok\n", "text/plain") },
            .get("/readyz", .open) { _, _ in
                _ = try await services.store.lastEventID()
                return .text("ready\n", "text/plain")
            },
        ]
    }

    private func signIn(_ request: Request, _ context: WebContext) async throws -> Response {
        let next = Self.local(context.form["next"])
        let account = (context.form["account"] ?? "").trimmed
        context.note.set { $0.actor = account }
        context.note.added(SignInNote(provider: SignInNote.password))
        do {
            guard services.signIn.configuration.allowsPasswords else {
                throw Failure(.forbidden, "Nobody signs in with a password here", hint: "Use one of the buttons.")
            }
            let secret = try await services.access.signIn(
                account: account, password: context.form["password"] ?? "", from: context.address)
            return try await services.signedIn(secret, next: next, context)
        } catch let failure as Failure where failure.httpStatus < 500 {
            // Too many attempts: those that were carried out are recorded, which is enough.
            if failure.code == .tooMany { context.note.set { $0.isSkipped = true } }
            return try await services.signInPage(account: account, next: next, failure: failure, context)
        }
    }

    /// Leads to the door, without the cookie.
    private func signOut(_ context: WebContext) async throws -> Response {
        if case .session(let secret) = context.credential {
            let provider = try await services.access.session(secret)?.provider
            context.note.added(SignInNote(provider: provider ?? SignInNote.password))
        }
        try await services.endSession(context)
        var response = Response.seeOther("/sign-in")
        response.setCookie(context.cookies.session(nil))
        return response
    }

    /// A path of ours: never an address of another site.
    static func local(_ path: String?) -> String {
        guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), !path.contains("\\"),
            !path.unicodeScalars.contains(where: { $0.value < 32 })
        else { return "/" }
        return path
    }
}
