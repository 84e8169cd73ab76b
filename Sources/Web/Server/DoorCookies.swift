import HTTPTypes
import Hummingbird

/// The two cookies of the door: of a session, and of a sign-in through a provider that isn't over yet.
///
/// Where browsers come by HTTPS their names begin with `__Host-`: no other host, not even one of the same domain, can set
/// such a cookie, and only that name is read.
struct DoorCookies: Sendable {
    let isSecure: Bool

    private static let session = "slipway_session"
    private static let attempt = "slipway_sign_in"
    /// Seconds that a browser keeps the cookie of a session; the server ends it earlier when it isn't used.
    private static let sessionAge = 30 * 86_400
    private static let attemptAge = 600

    /// The secret of the session that the request carries.
    func session(of request: Request) -> String? { request.cookies[name(Self.session)]?.value }

    /// The secret of the sign-in that the request carries.
    func attempt(of request: Request) -> String? { request.cookies[name(Self.attempt)]?.value }

    /// The cookie of a new session; with nil, what removes it.
    func session(_ secret: String?) -> Cookie { cookie(Self.session, secret, maxAge: Self.sessionAge) }

    /// The cookie of a sign-in that begins; with nil, what removes it.
    func attempt(_ secret: String?) -> Cookie { cookie(Self.attempt, secret, maxAge: Self.attemptAge) }

    /// What a session's is called.
    var sessionName: String { name(Self.session) }

    private func name(_ name: String) -> String { isSecure ? "__Host-\(name)" : name }

    private func cookie(_ name: String, _ secret: String?, maxAge: Int) -> Cookie {
        Cookie(
            name: self.name(name), value: secret ?? "", maxAge: secret == nil ? 0 : maxAge, path: "/", secure: isSecure,
            httpOnly: true, sameSite: .lax)
    }
}
