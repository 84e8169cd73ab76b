import Foundation
import Model
import Outbound

/// Signs people in through an OpenID provider: authorization code, PKCE, state, nonce, and a verified ID token.
actor OpenIDProvider: IdentityProvider {
    private let provider: SignInConfiguration.Provider
    private let issuer: String
    private let scopes: [String]
    private let groupsClaim: String
    private let outbound: Outbound
    private let now: @Sendable () -> Date

    private var document: (value: ProviderDocument, at: Date)?
    private var keys: (value: SigningKeys, at: Date)?

    /// What a provider says of itself, and its keys, are asked for again after an hour.
    private static let freshness: TimeInterval = 3600

    init(
        _ provider: SignInConfiguration.Provider, issuer: String, scopes: [String], groupsClaim: String,
        outbound: Outbound, now: @escaping @Sendable () -> Date
    ) {
        self.provider = provider
        self.issuer = issuer
        self.scopes = scopes
        self.groupsClaim = groupsClaim
        self.outbound = outbound
        self.now = now
    }

    func address(for attempt: SignInAttempt) async throws -> String {
        let endpoint = try await currentDocument().authorizationEndpoint
        return endpoint + (endpoint.contains("?") ? "&" : "?")
            + FormCoding.encode([
                "response_type": "code", "client_id": provider.clientID, "redirect_uri": attempt.callback,
                "scope": scopes.joined(separator: " "), "state": attempt.state, "nonce": attempt.nonce,
                "code_challenge": ProofKey.challenge(of: attempt.verifier), "code_challenge_method": "S256",
            ])
    }

    func identity(_ answer: SignInAnswer, for attempt: SignInAttempt) async throws -> OutsideIdentity {
        let document = try await currentDocument()
        // An answer of another provider must not be taken to this one.
        if answer.issuer != nil || document.sendsIssuer == true, answer.issuer != issuer {
            throw TokenProblem("the answer is from \(answer.issuer ?? "nobody"), not from \(issuer)")
        }
        let request = TokenRequest(
            endpoint: document.tokenEndpoint, clientID: provider.clientID, clientSecret: provider.clientSecret,
            authentication: document.authentication ?? .basic)
        let tokens = try await request.send(answer.code ?? "", for: attempt, through: outbound)
        guard let text = tokens.idToken else { throw TokenProblem("the token endpoint gave no ID token") }
        var claims = try await verified(try IDToken(text), attempt)
        if let endpoint = document.userinfoEndpoint, let token = tokens.accessToken, lacksSomething(claims) {
            claims = Self.merged(claims, with: try await userinfo(endpoint, token, of: claims))
        }
        return OutsideIdentity(
            issuer: issuer, subject: claims.subject ?? "", username: claims["preferred_username"]?.text,
            emails: [claims.verifiedEmail].compactMap { $0 }, groups: claims[groupsClaim]?.texts ?? [])
    }

    /// A provider may have changed its keys since they were asked for: they are asked for again, once.
    private func verified(_ token: IDToken, _ attempt: SignInAttempt) async throws -> IDTokenClaims {
        let expected = IDTokenClaims.Expected(
            issuer: issuer, clientID: provider.clientID, nonce: attempt.nonce, now: now())
        do {
            return try await token.claims(signedBy: try await currentKeys(), expected: expected)
        } catch let problem as TokenProblem where problem.isUnknownKey {
            keys = nil
            return try await token.claims(signedBy: try await currentKeys(), expected: expected)
        }
    }

    // MARK: Userinfo

    /// Many providers put little into the ID token and tell the rest when they are asked.
    private func lacksSomething(_ claims: IDTokenClaims) -> Bool {
        claims["preferred_username"] == nil || claims["email"] == nil || claims["email_verified"] == nil
            || claims[groupsClaim] == nil
    }

    private func userinfo(_ endpoint: String, _ token: String, of claims: IDTokenClaims) async throws -> IDTokenClaims {
        let reply = try await outbound.send(
            OutboundRequest(url: endpoint, headers: ["Authorization": "Bearer \(token)", "Accept": "application/json"]))
        guard reply.status == 200, let more = try? reply.json(IDTokenClaims.self) else {
            throw TokenProblem("the userinfo endpoint answered \(reply.status)")
        }
        guard more.subject == claims.subject else { throw TokenProblem("userinfo is about somebody else") }
        return more
    }

    /// What the ID token says counts; an address and whether it is verified come from one place.
    static func merged(_ claims: IDTokenClaims, with more: IDTokenClaims) -> IDTokenClaims {
        var values = more.values.merging(claims.values) { _, signed in signed }
        if claims["email"] == nil || claims["email_verified"] == nil {
            for name in ["email", "email_verified"] { values[name] = more[name] }
        }
        return IDTokenClaims(values)
    }

    // MARK: Documents

    private func currentDocument() async throws -> ProviderDocument {
        if let document, now().timeIntervalSince(document.at) < Self.freshness { return document.value }
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        let value: ProviderDocument = try await fetch("\(base)/.well-known/openid-configuration")
        if let problem = value.problem(issuer: issuer) { throw TokenProblem(problem) }
        document = (value, now())
        return value
    }

    private func currentKeys() async throws -> SigningKeys {
        if let keys, now().timeIntervalSince(keys.at) < Self.freshness { return keys.value }
        let value: SigningKeys = try await fetch(try await currentDocument().keysAddress)
        keys = (value, now())
        return value
    }

    private func fetch<T: Decodable>(_ url: String) async throws -> T {
        let reply = try await outbound.send(OutboundRequest(url: url, headers: ["Accept": "application/json"]))
        guard reply.status == 200 else {
            throw Failure(.unavailable, "\(url) answered \(reply.status)")
        }
        do { return try reply.json() } catch { throw TokenProblem("\(url) is not what it should be: \(error)") }
    }
}
