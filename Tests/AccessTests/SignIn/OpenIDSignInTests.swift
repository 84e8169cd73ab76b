import Crypto
import Foundation
import Model
import Store
import Testing

@testable import Access

/// The whole sign-in at an OpenID provider, and every way in which its answer can be wrong.
@Suite struct OpenIDSignInTests {
    private static let unverified = "What Acme answered could not be verified"
    private static let elsewhere = "This sign-in was begun elsewhere, or too long ago"

    @Test func `Somebody signs in, and the account is theirs the next time too`() async throws {
        try await StubIssuer.run { issuer, signIn, access async throws in
            let (address, secret) = try await signIn.begin("acme", next: "/apps", from: "192.0.2.1")
            for part in ["/authorize?", "code_challenge_method=S256", "nonce=", "state=", "client_id=slipway"] {
                #expect(address.contains(part))
            }
            #expect(address.contains("redirect_uri=https%3A%2F%2Fslipway.example.com%2Fsign-in%2Facme%2Fcallback"))
            let outcome = try await signIn.finish(
                "acme", try issuer.agree(at: address), secret: secret, from: "192.0.2.1")
            let entry = try #require(outcome.entry)
            #expect(entry.account == "ada" && entry.next == "/apps")
            let session = try #require(try await access.session(entry.session))
            #expect(session.provider == "acme" && session.principal.grants.isEmpty)
            let account = try await access.account("ada")
            #expect(!account.hasPassword && account.provider == "acme")
            issuer.change { $0.claims = ["preferred_username": .string("ada.lovelace")] }
            #expect(try await signIn.signIn(at: issuer).entry?.account == "ada")
            #expect(try await access.accounts().count == 1)
            #expect(issuer.asked.count { $0 == "/keys" } == 1)
        }
    }

    @Test func `An RSA key is as good, and the userinfo tells what the token leaves out`() async throws {
        let key = try StubKey.rsa("r")
        try await StubIssuer.run(allowed: Restrictions(domains: ["acme.com"], groups: ["dev"])) {
            issuer, signIn, _ async throws in
            issuer.change {
                $0.keys = [key]
                $0.claims = ["preferred_username": .null, "email": .null, "groups": .null]
                $0.userinfo = [
                    "sub": .string("248289761001"), "preferred_username": .string("grace"),
                    "email": .string("grace@ACME.com"), "email_verified": .bool(true),
                    "groups": .array([.string("dev")]),
                ]
            }
            #expect(try await signIn.signIn(at: issuer).entry?.account == "grace")
            issuer.change { $0.userinfo?["sub"] = .string("somebody else") }
            #expect(try await signIn.signIn(at: issuer).failure == Self.unverified)
        }
    }

    @Test func `A name that somebody has is not taken over`() async throws {
        try await StubIssuer.run { issuer, signIn, access async throws in
            try await access.addAccount("ada", password: "correct horse battery")
            _ = try await access.addGrant(to: .account("ada"), .role(.admin))
            let first = try #require(try await signIn.signIn(at: issuer).entry)
            #expect(first.account == "ada-acme")
            issuer.change { $0.claims = ["sub": .string("another person")] }
            #expect(try await signIn.signIn(at: issuer).entry?.account == "ada-acme-2")
            #expect(try await access.session(first.session)?.principal.grants.isEmpty == true)
        }
    }

    @Test func `Nothing configured lets nobody in, and says so to nobody but the log`() async throws {
        try await StubIssuer.run(allowed: Restrictions()) { issuer, signIn, access async throws in
            let outcome = try await signIn.signIn(at: issuer)
            #expect(outcome.failure == "ada of Acme may not come in")
            #expect(outcome.reason == "allow names nobody")
            #expect(outcome.subject == "248289761001")
            #expect(try await access.accounts().isEmpty)
        }
    }

    @Test func `Who was let in and is not any more is signed out`() async throws {
        try await StubIssuer.run(allowed: Restrictions(groups: ["ops"])) { issuer, signIn, access async throws in
            let entry = try #require(try await signIn.signIn(at: issuer).entry)
            issuer.change { $0.claims = ["groups": .array([.string("sales")])] }
            #expect(try await signIn.signIn(at: issuer).failure == "ada of Acme may not come in")
            #expect(try await access.session(entry.session) == nil)
        }
    }

    @Test func `A disabled account stays out`() async throws {
        try await StubIssuer.run { issuer, signIn, access async throws in
            let entry = try #require(try await signIn.signIn(at: issuer).entry)
            try await access.setDisabled(true, entry.account)
            #expect(try await signIn.signIn(at: issuer).failure == "The account ada is disabled")
            #expect(try await access.session(entry.session) == nil)
        }
    }

    @Test func `Groups fill teams, and empty them again`() async throws {
        try await StubIssuer.run(teams: ["ops": "operators", "dev": "developers"]) {
            issuer, signIn, access async throws in
            let first = try #require(try await signIn.signIn(at: issuer).entry)
            #expect(first.isNew && first.teams == TeamChanges(joins: ["operators"], leaves: []))
            try await access.addTeam("by-hand")
            try await access.addMember("ada", to: "by-hand")
            #expect(try await access.account("ada").teams == ["by-hand", "operators"])
            issuer.change { $0.claims = ["groups": .string("dev")] }
            _ = try await signIn.signIn(at: issuer)
            #expect(try await access.account("ada").teams == ["by-hand", "developers"])
        }
    }

    // MARK: What must not work

    @Test(
        "A token that is not the answer to what was asked is refused",
        arguments: [
            ["iss": .string("https://evil.example")], ["aud": .string("another client")], ["aud": .null],
            ["aud": .array([.string("slipway"), .string("another")])], ["azp": .string("another")],
            ["exp": .number(Date().timeIntervalSince1970 - 120)], ["exp": .null], ["iat": .null],
            ["iat": .number(Date().timeIntervalSince1970 + 600)], ["nonce": .string("of another sign-in")],
            ["nonce": .null], ["sub": .null], ["sub": .string("")],
            ["nbf": .number(Date().timeIntervalSince1970 + 600)],
        ] as [[String: JSONValue]])
    func wrongClaims(claims: [String: JSONValue]) async throws {
        try await StubIssuer.run { issuer, signIn, access async throws in
            issuer.change { $0.claims = claims }
            #expect(try await signIn.signIn(at: issuer).failure == Self.unverified)
            #expect(try await access.accounts().isEmpty)
        }
    }

    @Test func `A token of several audiences names us as the party`() async throws {
        try await StubIssuer.run { issuer, signIn, _ async throws in
            issuer.change {
                $0.claims = ["aud": .array([.string("x"), .string("slipway")]), "azp": .string("slipway")]
            }
            #expect(try await signIn.signIn(at: issuer).entry != nil)
        }
    }

    @Test func `No algorithm proves nothing, and a public key is no secret`() async throws {
        let key = try StubKey.rsa("one")
        let modulus = try #require(try key.published["n"]?.text)
        try await StubIssuer.run { issuer, signIn, access async throws in
            for algorithm in ["none", "None", "HS256", "HS384", "PS256", "EdDSA"] {
                issuer.change {
                    $0.keys = [key]
                    $0.forge = { claims in
                        try StubKey.forge(claims, head: ["alg": .string(algorithm), "kid": .string("one")]) {
                            algorithm.hasPrefix("HS256")
                                ? Data(
                                    HMAC<SHA256>.authenticationCode(
                                        for: $0, using: SymmetricKey(data: Data(modulus.utf8))))
                                : Data()
                        }
                    }
                }
                let outcome = try await signIn.signIn(at: issuer)
                #expect(outcome.failure == Self.unverified, "\(algorithm)")
                #expect(outcome.reason == "the ID token is signed with \(algorithm), which is not accepted")
            }
            issuer.change {
                $0.forge = { try StubKey.forge($0, head: ["alg": .string("RS256"), "kid": .string("one")]) }
            }
            #expect(try await signIn.signIn(at: issuer).reason == "the ID token's signature is wrong")
            issuer.change {
                $0.forge = {
                    try StubKey.forge($0, head: ["alg": .string("RS256"), "crit": .array([.string("b64")])])
                }
            }
            #expect(try await signIn.signIn(at: issuer).failure == Self.unverified)
            #expect(try await access.accounts().isEmpty)
        }
    }

    @Test func `New keys are asked for once; an unknown key is refused`() async throws {
        try await StubIssuer.run { issuer, signIn, _ async throws in
            #expect(try await signIn.signIn(at: issuer).entry != nil)
            let second = StubKey.elliptic("two")
            issuer.change {
                $0.keys.append(second); $0.signing = second
            }
            #expect(try await signIn.signIn(at: issuer).entry != nil)
            #expect(issuer.asked.count { $0 == "/keys" } == 2)
            issuer.change { $0.signing = .elliptic("three") }
            #expect(try await signIn.signIn(at: issuer).reason == "no key three for ES256")
            #expect(issuer.asked.count { $0 == "/keys" } == 3)
            issuer.change { $0.signing = .elliptic("two") }
            #expect(try await signIn.signIn(at: issuer).reason == "the ID token's signature is wrong")
        }
    }

    @Test func `An answer is good once, in the browser and for the provider that it was begun with`() async throws {
        try await StubIssuer.run { issuer, signIn, access async throws in
            func begin() async throws -> (SignInAnswer, String) {
                let (address, secret) = try await signIn.begin("acme", next: "/", from: "")
                return (try issuer.agree(at: address), secret)
            }
            func end(_ answer: SignInAnswer, _ secret: String?, _ name: String = "acme") async throws -> String? {
                try await signIn.finish(name, answer, secret: secret, from: "").failure
            }
            let (answer, secret) = try await begin()
            #expect(try await end(answer, nil) == Self.elsewhere)
            #expect(try await end(answer, "sli_of_another_browser") == Self.elsewhere)
            #expect(try await end(answer, secret) == nil)
            #expect(try await end(answer, secret) == Self.elsewhere)
            let (one, two) = (try await begin(), try await begin())
            #expect(try await end(one.0, two.1) == Self.elsewhere)
            let mixed = try await begin()
            #expect(try await end(mixed.0, mixed.1, "other") == Self.elsewhere)
            var (foreign, third) = try await begin()
            foreign.issuer = "https://evil.example"
            #expect(try await end(foreign, third) == Self.unverified)
            (foreign, third) = try await begin()
            #expect(try await end(SignInAnswer(state: foreign.state, code: "made up"), third) == Self.unverified)
            (foreign, third) = try await begin()
            let cancelled = SignInAnswer(state: foreign.state, code: nil, error: "access_denied")
            #expect(try await end(cancelled, third) == "Acme did not sign you in")
            #expect(try await access.accounts().count == 1)
        }
    }

    @Test func `A sign-in that takes too long is over`() async throws {
        let clock = StubClock()
        try await StubIssuer.run(at: { clock.now }) { issuer, signIn, _ async throws in
            let (address, secret) = try await signIn.begin("acme", next: "/", from: "")
            clock.pass(601)
            let outcome = try await signIn.finish("acme", try issuer.agree(at: address), secret: secret, from: "")
            #expect(outcome.failure == Self.elsewhere)
        }
    }

    @Test func `A provider that is another, or wants no HTTPS, is not asked further`() async throws {
        for spoiled in [
            ["issuer": .string("https://other.example")], ["token_endpoint": .string("http://other.example/token")],
            ["authorization_endpoint": .string("javascript:alert(1)")],
            ["token_endpoint_auth_methods_supported": .array([.string("private_key_jwt")])],
        ] as [[String: JSONValue]] {
            try await StubIssuer.run { issuer, signIn, _ async throws in
                issuer.change { $0.document = spoiled }
                let failure = await #expect(throws: Failure.self) {
                    try await signIn.begin("acme", next: "/", from: "")
                }
                #expect(failure?.message == Self.unverified)
            }
        }
    }

    @Test func `Who tries too often from one address waits`() async throws {
        try await StubIssuer.run { _, signIn, _ async throws in
            for _ in 0..<20 {
                _ = try await signIn.finish("acme", SignInAnswer(state: "x", code: "x"), secret: "x", from: "a")
            }
            let outcome = try await signIn.finish("acme", SignInAnswer(state: "x", code: "x"), secret: "x", from: "a")
            #expect(outcome.failure == "Too many attempts to sign in" && !outcome.isRecorded)
            for _ in 0..<60 { _ = try await signIn.begin("acme", next: "/", from: "b") }
            await #expect(throws: Failure.self) { try await signIn.begin("acme", next: "/", from: "b") }
        }
    }
}
