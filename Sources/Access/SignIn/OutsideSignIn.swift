import Foundation
public import Logging
public import Model
public import Outbound
import Secrets

/// How a sign-in through a provider ended.
public struct SignInOutcome: Sendable {
    /// Somebody who is signed in.
    public struct Entry: Hashable, Sendable {
        /// The new session's secret, for the cookie.
        public var session: String
        public var account: String
        /// Where they wanted to go.
        public var next: String
        /// Whether the account was made by this sign-in.
        public var isNew: Bool
        /// Which teams it joined and left by it.
        public var teams: TeamChanges
    }

    public var result: Result<Entry, Failure>
    /// What they are called at the provider, and their unchanging id there, as far as that was shown.
    public var login: String?
    public var subject: String?
    /// Why they were refused, for admins; nil where they were not.
    public var reason: String?
    /// Whether the audit log shall know: what comes after too many attempts is left out of it.
    public var isRecorded = true
}

/// Signing in through providers: begins with a button and ends where the provider sends the browser back.
///
/// A person is told one sentence; what was wrong in detail stands in the log, and neither ever has a secret in it.
public final class OutsideSignIn: Sendable {
    public let configuration: SignInConfiguration

    private let access: Access
    private let providers: [String: any IdentityProvider]
    private let publicURL: String
    private let logger: Logger

    /// `publicURL` is how browsers reach the server, without a slash at the end. Asks nobody anything yet.
    public init(
        access: Access, configuration: SignInConfiguration, publicURL: String, outbound: Outbound = Outbound(),
        logger: Logger
    ) {
        self.access = access
        self.configuration = configuration
        self.publicURL = publicURL
        self.logger = logger
        let pairs = configuration.providers.map { provider -> (String, any IdentityProvider) in
            switch provider.kind {
            case .openID(let issuer, let scopes, let groupsClaim):
                (
                    provider.name,
                    OpenIDProvider(
                        provider, issuer: issuer, scopes: scopes, groupsClaim: groupsClaim, outbound: outbound,
                        now: access.now)
                )
            case .gitHub(let url, let api):
                (provider.name, GitHubProvider(provider: provider, url: url, api: api, outbound: outbound))
            }
        }
        providers = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// Where to send the browser, and the secret of the cookie that binds the way back to it. Throws `.notFound` for an
    /// unknown provider, `.tooMany` after too many beginnings from an address, `.unavailable` where the provider
    /// doesn't answer.
    public func begin(
        _ name: String, next: String, from address: String
    ) async throws -> (address: String, secret: String) {
        let provider = try configuration.provider(name)
        guard let client = providers[name] else { throw Failure(.notFound, "There is no provider \(name)") }
        guard access.attempts.mayStart(address: address, at: access.now()) else { throw Self.tooMany }
        let attempt = SignInAttempt(
            provider: name, state: Token.make(prefix: ""), nonce: Token.make(prefix: ""),
            verifier: Token.make(prefix: ""), callback: "\(publicURL)/sign-in/\(name)/callback", next: next)
        do {
            let target = try await client.address(for: attempt)
            return (target, try await access.keep(attempt))
        } catch {
            throw refusal(error, of: provider, from: address).failure
        }
    }

    /// Lets in who comes back from a provider, or says why not. `secret` is that of the cookie. Throws `.notFound` for
    /// an unknown provider, and what the store throws.
    public func finish(
        _ name: String, _ answer: SignInAnswer, secret: String?, from address: String
    ) async throws -> SignInOutcome {
        let (provider, at) = (try configuration.provider(name), access.now())
        guard access.attempts.begin(account: nil, address: address, at: at) else {
            return SignInOutcome(result: .failure(Self.tooMany), isRecorded: false)
        }
        var outcome = SignInOutcome(result: .failure(Self.tooMany))
        do {
            let attempt = try await attempt(answer, secret, of: provider)
            guard let client = providers[name] else { throw TokenProblem("there is no client") }
            let identity = try await client.identity(answer, for: attempt)
            (outcome.login, outcome.subject) = (identity.label, identity.subject)
            if case .refused(let reason) = admission(of: identity, under: provider.allowed) {
                try await access.turnOut(identity)
                throw Refusal(
                    Failure(
                        .forbidden, "\(identity.label) of \(provider.title) may not come in",
                        hint: "An admin of this Slipway decides who may."), reason)
            }
            let admitted = try await access.admit(identity, through: provider)
            let session = try await access.makeSession(of: admitted.account, through: name)
            access.attempts.succeeded(account: nil, address: address, at: at)
            outcome.result = .success(
                .init(
                    session: session, account: admitted.account, next: attempt.next, isNew: admitted.isNew,
                    teams: admitted.teams))
        } catch {
            let refusal = refusal(error, of: provider, from: address)
            (outcome.result, outcome.reason) = (.failure(refusal.failure), refusal.reason)
        }
        return outcome
    }

    /// The attempt that this is the end of: begun in this browser, for this provider, not long ago, and not used yet.
    private func attempt(
        _ answer: SignInAnswer, _ secret: String?, of provider: SignInConfiguration.Provider
    ) async throws -> SignInAttempt {
        let again = Failure(
            .forbidden, "This sign-in was begun elsewhere, or too long ago", hint: "Begin again with the button.")
        guard let secret else { throw Refusal(again, "the browser has no cookie of a sign-in") }
        guard let attempt = try await access.takeAttempt(secret) else {
            throw Refusal(again, "the sign-in is unknown, used or over")
        }
        guard attempt.provider == provider.name else { throw Refusal(again, "it was begun with \(attempt.provider)") }
        guard attempt.state == answer.state else { throw Refusal(again, "the state is not the one of this sign-in") }
        if let error = answer.error {
            throw Refusal(
                Failure(
                    .forbidden, "\(provider.title) did not sign you in",
                    hint: error == "access_denied" ? "It was cancelled there." : "The server's log says more."),
                "the provider answered \(error)")
        }
        guard answer.code != nil else { throw Refusal(again, "the provider gave no code") }
        return attempt
    }

    // MARK: Refusals

    private struct Refusal: Error {
        var failure: Failure
        var reason: String

        init(_ failure: Failure, _ reason: String) { (self.failure, self.reason) = (failure, reason) }
    }

    private static let tooMany = Failure(.tooMany, "Too many attempts to sign in", hint: "Try again in a minute.")

    /// What a person is told of an error, and what the log is.
    private func refusal(
        _ error: any Error, of provider: SignInConfiguration.Provider, from address: String
    ) -> Refusal {
        var refusal: Refusal
        switch error {
        case let known as Refusal: refusal = known
        case let problem as TokenProblem:
            refusal = Refusal(
                Failure(
                    .forbidden, "What \(provider.title) answered could not be verified",
                    hint: "Nobody was signed in. Try again; the server's log says more."), problem.description)
        case let failure as Failure where failure.httpStatus < 500: refusal = Refusal(failure, failure.message)
        case let failure as Failure:
            refusal = Refusal(
                Failure(
                    .unavailable, "\(provider.title) doesn't answer",
                    hint: "Try again in a while; the server's log says more."), "\(failure)")
        default:
            refusal = Refusal(
                Failure(.internal, "The sign-in through \(provider.title) failed", hint: "The server's log says more."),
                "\(error)")
        }
        refusal.reason = OneLine.text(refusal.reason, most: 500)
        logger.warning(
            "A sign-in through \(provider.name) was refused: \(refusal.reason)", metadata: ["address": "\(address)"])
        return refusal
    }
}
