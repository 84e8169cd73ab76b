import Foundation
import Logging
import Model
import Outbound
import Store
import StubServer
import Synchronization

@testable import Access

/// An OpenID provider on a real socket, whose answers a test can spoil.
final class StubIssuer: Sendable {
    struct Ways: Sendable {
        /// In the discovery document beside what every provider says.
        var document: [String: JSONValue] = [:]
        /// What the ID token says besides, or instead; null takes a claim out.
        var claims: [String: JSONValue] = [:]
        /// What the userinfo endpoint says; nil means that there is none.
        var userinfo: [String: JSONValue]?
        /// Keys that it publishes, and the one that it signs with.
        var keys: [StubKey] = [.elliptic("one")]
        var signing: StubKey?
        /// Makes the ID token in a way of its own.
        var forge: (@Sendable ([String: JSONValue]) throws -> String)?
    }

    private struct Code {
        var nonce: String
        var challenge: String
        var callback: String
    }

    private struct State {
        var ways = Ways()
        var codes: [String: Code] = [:]
        var asked: [String] = []
        var url = ""
    }

    static let clientID = "slipway"
    static let clientSecret = "s3cret of the client"

    private let state = Mutex(State())

    var ways: Ways {
        get { state.withLock { $0.ways } }
        set { state.withLock { $0.ways = newValue } }
    }

    func change(_ body: @Sendable (inout Ways) -> Void) { state.withLock { body(&$0.ways) } }

    /// The paths that were asked for.
    var asked: [String] { state.withLock { $0.asked } }

    /// Runs an issuer, and Slipway with one provider `acme` that takes everybody of it where `allowed` says nothing else.
    static func run(
        allowed: Restrictions = Restrictions(everyone: true), teams: [String: String] = [:],
        at time: @escaping @Sendable () -> Date = { Date() },
        _ body: (StubIssuer, OutsideSignIn, Access) async throws -> Void
    ) async throws {
        let issuer = StubIssuer()
        try await StubServer.run(
            at: .tcp(host: "127.0.0.1"), handler: { try await issuer.answer($0, $1) }
        ) { server in
            let url = "http://127.0.0.1:\(server.port)"
            issuer.state.withLock { $0.url = url }
            let access = Access(store: try Store(path: nil, migrations: Access.migrations), now: time)
            let provider = SignInConfiguration.Provider(
                name: "acme", title: "Acme",
                kind: .openID(issuer: url, scopes: ["openid", "email"], groupsClaim: "groups"),
                clientID: clientID, clientSecret: clientSecret, allowed: allowed, teams: teams)
            var other = provider
            other.name = "other"
            let signIn = OutsideSignIn(
                access: access, configuration: SignInConfiguration(providers: [provider, other]),
                publicURL: "https://slipway.example.com", outbound: Outbound(timeLimit: .seconds(120)),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await body(issuer, signIn, access)
        }
    }

    /// What a browser brings back, after somebody has agreed at the address where it was sent.
    func agree(at address: String) throws -> SignInAnswer {
        let query = URLComponents(string: address)?.queryItems ?? []
        let given = Dictionary(query.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
        let code = UUID().uuidString
        state.withLock {
            $0.codes[code] = Code(
                nonce: given["nonce"] ?? "", challenge: given["code_challenge"] ?? "",
                callback: given["redirect_uri"] ?? "")
        }
        return SignInAnswer(state: given["state"], code: code)
    }

    private func answer(_ request: StubRequest, _ writer: StubWriter) async throws {
        state.withLock { $0.asked.append(request.path) }
        let (url, ways) = state.withLock { ($0.url, $0.ways) }
        let json = [("Content-Type", "application/json")]
        func text(_ value: [String: JSONValue]) throws -> String {
            String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        }
        switch request.path {
        case "/.well-known/openid-configuration":
            let document: [String: JSONValue] = [
                "issuer": .string(url), "authorization_endpoint": .string("\(url)/authorize"),
                "token_endpoint": .string("\(url)/token"), "jwks_uri": .string("\(url)/keys"),
                "userinfo_endpoint": ways.userinfo == nil ? .null : .string("\(url)/userinfo"),
            ]
            try await writer.reply(200, json, try text(document.merging(ways.document) { $1 }))
        case "/keys":
            let keys = try ways.keys.map { JSONValue.object(try $0.published) }
            // A key of a kind that nobody knows is no reason to refuse the others.
            let strange = JSONValue.object(["kty": .string("XYZ"), "kid": .number(7)])
            try await writer.reply(200, json, try text(["keys": .array([strange] + keys)]))
        case "/token":
            if let token = try await token(request, url, ways) {
                try await writer.reply(
                    200, json, try text(["id_token": .string(token), "access_token": .string("at")]))
            } else {
                try await writer.reply(400, json, #"{"error":"invalid_grant","error_description":"no such code"}"#)
            }
        case "/userinfo" where request.header("authorization") == "Bearer at":
            try await writer.reply(200, json, try text(ways.userinfo ?? [:]))
        default: try await writer.reply(404)
        }
    }

    /// The ID token for a code that is given back by who began with it, once.
    private func token(_ request: StubRequest, _ url: String, _ ways: Ways) async throws -> String? {
        let fields = URLComponents(string: "?\(request.text)")?.queryItems ?? []
        func field(_ name: String) -> String { fields.first { $0.name == name }?.value ?? "" }
        let pair = "\(Self.clientID):\(FormCoding.escape(Self.clientSecret))"
        guard request.header("authorization") == "Basic \(Data(pair.utf8).base64EncodedString())",
            let code = state.withLock({ $0.codes.removeValue(forKey: field("code")) }),
            ProofKey.challenge(of: field("code_verifier")) == code.challenge,
            field("redirect_uri") == code.callback, field("grant_type") == "authorization_code"
        else { return nil }
        let now = Date().timeIntervalSince1970.rounded()
        var claims: [String: JSONValue] = [
            "iss": .string(url), "sub": .string("248289761001"), "aud": .string(Self.clientID),
            "exp": .number(now + 300), "iat": .number(now), "nonce": .string(code.nonce),
            "preferred_username": .string("ada"), "email": .string("ada@acme.com"), "email_verified": .bool(true),
            "groups": .array([.string("ops")]),
        ]
        claims.merge(ways.claims) { $1 }
        claims = claims.filter { $0.value != .null }
        if let forge = ways.forge { return try forge(claims) }
        return try await (ways.signing ?? ways.keys[0]).sign(claims)
    }
}

extension OutsideSignIn {
    /// A whole sign-in, as one browser does it.
    func signIn(at issuer: StubIssuer) async throws -> SignInOutcome {
        let (address, secret) = try await begin("acme", next: "/apps", from: "192.0.2.1")
        return try await finish("acme", try issuer.agree(at: address), secret: secret, from: "192.0.2.1")
    }
}

extension SignInOutcome {
    var entry: Entry? { if case .success(let entry) = result { entry } else { nil } }
    var failure: String? { if case .failure(let failure) = result { failure.message } else { nil } }
}
