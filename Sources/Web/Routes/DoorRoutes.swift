import Access
import HTTPTypes
import Hummingbird
import Model
import Store

/// Signing in and out, files for the browser, and whether the server is well.
struct DoorRoutes: Sendable {
    let services: WebServices

    func add(to router: Router<WebContext>) {
        router.get("/sign-in") { request, context in
            let next = Self.local(request.uri.queryParameters["next"].map(String.init))
            if context.actor != nil { return Response.seeOther(next) }
            return Response.page(SignInPage(next: next).render(try await services.page(context)))
        }
        router.post("/sign-in") { request, context in try await signIn(request, context) }
        router.post("/sign-out") { _, context in
            if let session = context.session { try await services.access.signOut(session: session.secret) }
            var response = Response.seeOther("/sign-in")
            response.setCookie(Self.cookie("", maxAge: 0, isSecure: isSecure))
            return response
        }
        router.get("/assets/:hash/:name") { request, _ in
            guard let asset = Assets.all.first(where: { $0.path == request.uri.path }) else {
                throw HTTPError(.notFound)
            }
            return Response.text(asset.text, asset.contentType, cache: "public, max-age=31536000, immutable")
        }
        router.get("/healthz") { _, _ in Response.text("ok\n", "text/plain") }
        router.get("/readyz") { _, _ in
            _ = try await services.store.lastEventID()
            return Response.text("ready\n", "text/plain")
        }
    }

    private var isSecure: Bool { services.settings.publicURL.hasPrefix("https:") }

    private func signIn(_ request: Request, _ context: WebContext) async throws -> Response {
        // Another site's form would sign the visitor in as somebody else.
        if let site = request.headers[.fetchSite], site == "cross-site" {
            throw Failure(.forbidden, "The sign-in form is from another site")
        }
        let next = Self.local(context.form["next"])
        let account = (context.form["account"] ?? "").trimmed
        do {
            let secret = try await services.access.signIn(
                account: account, password: context.form["password"] ?? "")
            var response = Response.seeOther(next)
            response.setCookie(Self.cookie(secret, maxAge: 30 * 86_400, isSecure: isSecure))
            return response
        } catch let failure as Failure where failure.httpStatus < 500 {
            let page = SignInPage(account: account, next: next, failure: failure)
            var outside = try await services.page(context)
            outside.actor = nil
            return Response.page(page.render(outside), status: .init(code: failure.httpStatus))
        }
    }

    private static func cookie(_ value: String, maxAge: Int, isSecure: Bool) -> Cookie {
        Cookie(
            name: Gatekeeper.cookie, value: value, maxAge: maxAge, path: "/", secure: isSecure, httpOnly: true,
            sameSite: .lax)
    }

    /// A path of ours: never an address of another site.
    static func local(_ path: String?) -> String {
        guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), !path.contains("\\"),
            !path.unicodeScalars.contains(where: { $0.value < 32 })
        else { return "/" }
        return path
    }
}
