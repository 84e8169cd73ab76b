import Foundation
import HTTPTypes
import Hummingbird

/// The cookie that holds a session's secret.
///
/// Over TLS its name begins with `__Host-`: browsers then take it from this host alone, for all of it, and send it over
/// TLS only. No other name of the domain can set one.
enum SessionCookie {
    static let lifetime = 30 * 86_400

    static func name(isSecure: Bool) -> String { isSecure ? "__Host-slipway_session" : "slipway_session" }

    /// The secret that the browser sent; nil where there is none.
    static func secret(in request: Request, _ context: WebContext) -> String? {
        request.cookies[name(isSecure: context.isSecure)]?.value
    }

    /// What makes the browser keep the secret; an empty one makes it forget.
    static func cookie(_ secret: String, isSecure: Bool) -> Cookie {
        Cookie(
            name: name(isSecure: isSecure), value: secret, maxAge: secret.isEmpty ? 0 : lifetime, path: "/",
            secure: isSecure, httpOnly: true, sameSite: .lax)
    }
}
