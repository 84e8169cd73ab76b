/// Where people show who they are.
protocol IdentityProvider: Sendable {
    /// Where to send the browser.
    func address(for attempt: SignInAttempt) async throws -> String
    /// Who it is, once the browser has come back. Throws ``TokenProblem`` for an answer that proves nothing, and a
    /// `Failure` where the provider doesn't answer.
    func identity(_ answer: SignInAnswer, for attempt: SignInAttempt) async throws -> OutsideIdentity
}

/// A sign-in that has begun in one browser and will end there, once.
struct SignInAttempt: Hashable, Sendable {
    var provider: String
    /// Comes back with the browser, and shows that the answer is to this attempt.
    var state: String
    /// Comes back in the ID token, and shows the same of it.
    var nonce: String
    /// Shows the provider that whoever brings the code has begun the attempt (RFC 7636).
    var verifier: String
    /// The address to which the provider sends the browser back.
    var callback: String
    /// Where to go after it.
    var next: String
}

/// What the provider gave the browser on its way back.
public struct SignInAnswer: Hashable, Sendable {
    public var state: String?
    public var code: String?
    /// `access_denied`, where somebody pressed Cancel, or another word of RFC 6749.
    public var error: String?
    /// The provider's issuer (RFC 9207).
    public var issuer: String?

    public init(state: String?, code: String?, error: String? = nil, issuer: String? = nil) {
        self.state = state
        self.code = code
        self.error = error
        self.issuer = issuer
    }
}
