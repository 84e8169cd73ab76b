import Access
import Hummingbird
import Model

/// What signing in with a password and through a provider do alike.
extension WebServices {
    /// Answers with the cookie of a new session. The one of before, if there was one, doesn't outlive it.
    func signedIn(_ secret: String, next: String, _ context: WebContext) async throws -> Response {
        try await endSession(context)
        var response = Response.seeOther(next)
        response.setCookie(context.cookies.session(secret))
        return response
    }

    /// Ends the session of the browser that asks, if it has one.
    func endSession(_ context: WebContext) async throws {
        if case .session(let secret) = context.credential { try await access.signOut(session: secret) }
    }

    /// The door; with what went wrong, where something did.
    func signInPage(
        account: String = "", next: String, failure: Failure? = nil, _ context: WebContext
    ) async throws -> Response {
        let configuration = signIn.configuration
        let page = SignInPage(
            account: account, next: next, failure: failure, allowsPasswords: configuration.allowsPasswords,
            providers: configuration.providers.map { .init(name: $0.name, title: $0.title) })
        var outside = try await self.page(context)
        outside.principal = nil
        var response = Response.page(page.render(outside), status: .init(code: failure?.httpStatus ?? 200))
        if failure?.code == .tooMany { response.headers[.retryAfter] = "60" }
        return response
    }
}

/// How somebody signed in, tried to, or had signed in: for the audit log.
struct SignInNote: Encodable, Sendable {
    /// In place of a provider's name.
    static let password = "password"

    var provider: String
    /// What they are called at the provider, and their unchanging id there.
    var login: String?
    var subject: String?
    /// Why they were refused.
    var reason: String?
    /// The account that was made for them.
    var madeAccount: String?
    /// Teams that they joined and left, as the provider's groups say.
    var joined: [String]?
    var left: [String]?
}
