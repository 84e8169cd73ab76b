import Access
import HTTPTypes
import Hummingbird

/// Something that can be asked of the server. There is no other way to add one, so each says who may ask.
struct Route: Sendable {
    typealias Handler = @Sendable (Request, WebContext) async throws -> Response

    var method: HTTPRequest.Method
    /// Parts in braces are parameters: `/apps/{app}`.
    var path: String
    var access: RouteAccess
    /// What the audit log calls it, `app.add`; nil where it changes nothing.
    var action: String?
    var handler: Handler

    /// A route that changes nothing.
    static func get(_ path: String, _ access: RouteAccess, _ handler: @escaping Handler) -> Route {
        Route(method: .get, path: path, access: access, action: nil, handler: handler)
    }

    /// A route that changes something.
    static func post(
        _ path: String, _ access: RouteAccess, _ action: String, _ handler: @escaping Handler
    ) -> Route {
        Route(method: .post, path: path, access: access, action: action, handler: handler)
    }

    /// As `docs/permissions.md` names it: `GET /apps/{app}`.
    var name: String { "\(method.rawValue) \(path)" }
}

/// Who may ask.
enum RouteAccess: Hashable, Sendable {
    /// Everybody, signed in or not.
    case open
    /// Whoever is known; lists show only what they may read.
    case known
    /// Whoever acts for an account, or the machine, as a whole: no script and no token with bounds.
    case own
    /// Who has that right on what the path names.
    case right(Right, Subject)
    /// The question with which git begins: `read` on the repository's app before a fetch, `deploy` before a push.
    case git

    /// How the resource comes from the path.
    enum Subject: String, Hashable, Sendable {
        /// What belongs to no app and no environment.
        case server
        /// `{app}`.
        case app
        /// `{environment}`.
        case environment
        /// `{app}` in `{environment}`.
        case target
        /// The app that build `{id}` is of.
        case build
        /// The target that deploy `{id}` is of.
        case deploy
        /// The environment that rollout `{id}` is in.
        case rollout
        /// The app of `{repository}`.
        case repository
        /// What a secret is bound to: the app and the environment that the path, the API's query or a page's form
        /// names, the server where there is none.
        case secret
    }
}
