import Access
import Foundation
import HTTPTransport
import Model
import StubServer
import Testing

@testable import Web

/// Signing in through a provider, as browsers have it.
@Suite struct SignInTests {
    /// Runs Slipway beside a GitHub whose one person is in the organisation `acme`.
    private func run(
        organizations: [String] = ["acme"], passwords: Bool = true, publicURL: String = "http://127.0.0.1",
        _ body: @Sendable @escaping (World) async throws -> Void
    ) async throws {
        let answers = [
            "/login/oauth/access_token": #"{"access_token":"gho_1"}"#, "/user": #"{"id":7,"login":"octo"}"#,
            "/user/emails": #"[{"email":"octo@acme.com","primary":true,"verified":true}]"#,
            "/user/orgs": #"[{"login":"acme"}]"#, "/user/teams": "[]",
        ]
        let handler: StubServer.Handler = { request, writer in
            let answer = answers[String(request.path.prefix { $0 != "?" })]
            try await writer.reply(answer == nil ? 404 : 200, [], answer ?? "")
        }
        try await StubServer.run(at: .tcp(host: "127.0.0.1"), handler: handler) { server in
            let url = "http://127.0.0.1:\(server.port)"
            let github = SignInConfiguration.Provider(
                name: "github", title: "GitHub", kind: .gitHub(url: url, api: url), clientID: "x", clientSecret: "y",
                allowed: Restrictions(organizations: organizations))
            try await World.run(
                signIn: SignInConfiguration(allowsPasswords: passwords, providers: [github]), publicURL: publicURL, body
            )
        }
    }

    private func cookies(_ reply: HTTPReply) -> [String] {
        reply.headers.filter { $0.0.lowercased() == "set-cookie" }.map(\.1)
    }

    /// Presses the button, and comes back as somebody who agreed at the provider.
    private func signIn(_ world: World, next: String = "/apps") async throws -> HTTPReply {
        let away = try await world.get("/sign-in/github?next=\(next)")
        let address = try #require(away.header("location"))
        let state = try #require(URLComponents(string: address)?.queryItems?.first { $0.name == "state" }?.value)
        let cookie = try #require(cookies(away).first?.prefix { $0 != ";" })
        return try await world.get(
            "/sign-in/github/callback?state=\(state)&code=1", [("Cookie", String(cookie))])
    }

    @Test func `The button leads away and back, and all of it is in the audit log`() async throws {
        try await run { world async throws in
            #expect(try await world.get("/sign-in?next=/apps").text.contains("href=\"/sign-in/github?next=/apps\""))
            let away = try await world.get("/sign-in/github")
            #expect(away.status == 303 && away.header("cache-control") == "no-store")
            let attempt = try #require(cookies(away).first)
            for part in ["slipway_sign_in=sli_", "Max-Age=600", "HttpOnly", "SameSite=Lax", "Path=/"] {
                #expect(attempt.contains(part), "\(attempt)")
            }
            let back = try await signIn(world)
            #expect(back.status == 303 && back.header("location") == "/apps")
            let session = try #require(cookies(back).first { $0.hasPrefix("slipway_session=sls_") })
            #expect(cookies(back).contains { $0.hasPrefix("slipway_sign_in=;") && $0.contains("Max-Age=0") })
            let cookie = String(session.prefix { $0 != ";" })
            let account = try await world.get("/account", [("Cookie", cookie)])
            #expect(account.text.contains("it signs in through github"))
            let secret = String(cookie.dropFirst("slipway_session=".count))
            let csrf = try #require(try await world.access.session(secret)).csrf
            _ = try await world.form("/sign-out", ["csrf": csrf], [("Cookie", cookie)])
            let entries = try await world.access.audit.entries(AuditFilter(action: "session"), limit: 10)
            #expect(entries.map(\.action) == ["session.end", "session.start"])
            #expect(entries.map(\.actor) == ["octo", "octo"])
            #expect(entries.last?.after?.contains(#""madeAccount":"octo""#) == true)
            #expect(entries.allSatisfy { $0.address == "127.0.0.1" && $0.after?.contains("\"github\"") == true })
        }
    }

    @Test func `A sign-in ends the session of before, and each has a secret of its own`() async throws {
        try await run { world async throws in
            let (old, _) = try await world.signIn()
            let away = try await world.get("/sign-in/github")
            let state = try #require(away.header("location")?.firstMatch(of: /state=(\w+)/)).1
            let attempt = try #require(cookies(away).first?.prefix { $0 != ";" })
            let back = try await world.get(
                "/sign-in/github/callback?state=\(state)&code=1", [("Cookie", "\(old); \(attempt)")])
            #expect(back.status == 303)
            #expect(try await world.get("/environments", [("Cookie", old)]).status == 303)
        }
    }

    @Test func `Who may not come in is told so in one sentence, and the audit log why`() async throws {
        try await run(organizations: ["other"]) { world async throws in
            let back = try await signIn(world)
            #expect(back.status == 403)
            #expect(back.text.contains("octo of GitHub may not come in"))
            #expect(!back.text.contains("other") && !cookies(back).contains { $0.contains("sls_") })
            let entry = try #require(try await world.access.audit.entries(limit: 1).first)
            #expect(entry.actor == "octo" && entry.outcome == .refused && entry.address == "127.0.0.1")
            #expect(entry.after?.contains("allow.organizations") == true)
        }
    }

    @Test func `A way back without a beginning is refused, and recorded of nobody`() async throws {
        try await run { world async throws in
            let back = try await world.get("/sign-in/github/callback?state=1&code=1")
            #expect(back.status == 403 && back.text.contains("begun elsewhere"))
            #expect(try await world.access.audit.entries(limit: 1).first?.actor == "nobody")
            #expect(try await world.get("/sign-in/gitlab").status == 404)
            #expect(try await world.get("/sign-in/gitlab/callback").status == 404)
        }
    }

    @Test func `Passwords can be switched off`() async throws {
        try await run(passwords: false) { world async throws in
            let password = try #require(try await world.access.makeFirstAccount())
            let page = try await world.get("/sign-in").text
            #expect(page.contains("Sign in with GitHub") && !page.contains("type=\"password\""))
            let reply = try await world.form("/sign-in", ["account": "admin", "password": password])
            #expect(reply.status == 403 && cookies(reply).isEmpty)
        }
    }

    @Test func `By HTTPS the cookies are secure, and of this host alone`() async throws {
        try await run(publicURL: "https://slipway.example.com") { world async throws in
            let password = try #require(try await world.access.makeFirstAccount())
            let reply = try await world.form("/sign-in", ["account": "admin", "password": password])
            let cookie = try #require(cookies(reply).first)
            #expect(cookie.hasPrefix("__Host-slipway_session=sls_") && cookie.contains("Secure"))
            #expect(
                try await world.get("/environments", [("Cookie", String(cookie.prefix { $0 != ";" }))]).status == 200)
            // Another host of the domain could have set this one.
            let planted = cookie.dropFirst("__Host-".count).prefix { $0 != ";" }
            #expect(try await world.get("/environments", [("Cookie", String(planted))]).status == 303)
            let attempt = try #require(cookies(try await world.get("/sign-in/github")).first)
            #expect(attempt.hasPrefix("__Host-slipway_sign_in=sli_") && attempt.contains("Secure"))
        }
    }

    @Test func `The last admin is kept by page and API, but not by the machine`() async throws {
        try await World.run { world async throws in
            let (cookie, csrf) = try await world.signIn()
            let session = [("Cookie", cookie)]
            let grant = try #require(try await world.access.grants().first).id
            for path in ["accounts/admin/disable", "accounts/admin/remove", "grants/\(grant)/remove"] {
                let reply = try await world.form("/people/\(path)", ["csrf": csrf], session)
                #expect(reply.status == 409 && reply.text.contains("nobody who administers"), "\(path)")
            }
            let token = try await world.token()
            #expect(try await world.post("/api/v1/accounts/admin/disable", "", token).status == 409)
            while !FileManager.default.fileExists(atPath: "\(world.folder)/slipway.sock") { await Task.yield() }
            let local = try await world.local.send(
                HTTPTransport.HTTPRequest(method: "POST", path: "/api/v1/accounts/admin/disable"),
                timeout: .seconds(20))
            #expect(local.status == 200)
        }
    }
}
