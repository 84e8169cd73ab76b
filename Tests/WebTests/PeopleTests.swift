import Access
import Delivery
import Foundation
import HTTPTransport
import Model
import Testing

@testable import Web

/// People, tokens and the audit log, as pages and API have them.
@Suite struct PeopleTests {
    private func delete(_ path: String, _ headers: [(String, String)], _ world: World) async throws -> Int {
        try await world.client.send(
            HTTPRequest(method: "DELETE", path: path, headers: headers), timeout: .seconds(20)
        ).status
    }

    @Test func `Somebody is added, granted something, and locked out again`() async throws {
        try await World.run { world in
            let admin = try await world.token()
            #expect(try await world.post("/api/v1/accounts", #"{"name":"ada"}"#, admin).status == 201)
            let made = try await world.post("/api/v1/accounts/ada/password", "{}", admin).json([String: String].self)
            let password = try #require(made["password"])
            let reply = try await world.form("/sign-in", ["account": "ada", "password": password])
            let cookie = try #require(reply.header("set-cookie")?.split(separator: ";").first.map(String.init))
            #expect(try await world.get("/apps/new", [("Cookie", cookie)]).status == 403)
            _ = try await world.post("/api/v1/teams", #"{"name":"ops"}"#, admin)
            _ = try await world.post("/api/v1/teams/ops/members", #"{"account":"ada"}"#, admin)
            let grant = try await world.post("/api/v1/grants", #"{"team":"ops","allows":"configure"}"#, admin)
            let id = try grant.json(GrantView.self).id
            #expect(try await world.get("/apps/new", [("Cookie", cookie)]).status == 200)
            #expect(try await delete("/api/v1/grants/\(id)", admin, world) == 204)
            #expect(try await world.get("/apps/new", [("Cookie", cookie)]).status == 403)
            #expect(try await world.post("/api/v1/accounts/ada/disable", "", admin).status == 200)
            #expect(try await world.get("/", [("Cookie", cookie)]).status == 303)
            #expect(try await delete("/api/v1/teams/ops/members/ada", admin, world) == 204)
            #expect(try await delete("/api/v1/teams/ops", admin, world) == 204)
            #expect(try await delete("/api/v1/accounts/ada", admin, world) == 204)
            #expect(try await world.get("/api/v1/accounts", admin).text == "[]")
        }
    }

    @Test func `A token does what it was given of what its owner may`() async throws {
        try await World.run { world in
            let (cookie, csrf) = try await world.signIn()
            for app in ["orders", "billing"] {
                _ = try await world.delivery.addApp(name: app, source: .hosted, branch: "main")
            }
            let page = try await world.form(
                "/account/tokens", ["name": "ci", "right-deploy": "1", "app": "orders", "days": "30", "csrf": csrf],
                [("Cookie", cookie)])
            let secret = String(try #require(page.text.firstMatch(of: /slp_\w+/)).0)
            let token = [("Authorization", "Bearer \(secret)")]
            #expect(try await world.post("/api/v1/apps/orders/refresh", "", token).status == 200)
            #expect(try await world.post("/api/v1/apps/billing/refresh", "", token).status == 404)
            #expect(try await delete("/api/v1/apps/orders", token, world) == 403)
            #expect(try await world.post("/api/v1/tokens", #"{"name":"wider"}"#, token).status == 403)
            let listed = try await world.get("/api/v1/tokens", try await world.token()).json([TokenView].self)
            let ci = try #require(listed.first { $0.name == "ci" })
            #expect(ci.account == "admin" && ci.rights == ["read", "deploy"] && ci.app == "orders")
            #expect(ci.usedAt != nil && ci.expiresAt != nil)
            let again = try await world.get("/account", [("Cookie", cookie)]).text
            #expect(!again.contains(secret))
            let revoked = try await world.form(
                "/account/tokens/\(ci.id)/revoke", ["csrf": csrf], [("Cookie", cookie)])
            #expect(revoked.status == 303)
            #expect(try await world.get("/api/v1/apps", token).status == 401)
        }
    }

    @Test func `Nobody sees or revokes the token of another`() async throws {
        try await World.run { world in
            for name in ["ada", "bob"] { try await world.access.addAccount(name, password: nil) }
            let ada = [("Authorization", "Bearer \(try await world.access.makeToken(named: "hers", account: "ada"))")]
            let bob = [("Authorization", "Bearer \(try await world.access.makeToken(named: "his", account: "bob"))")]
            let his = try await world.get("/api/v1/tokens", bob).json([TokenView].self)
            #expect(his.map(\.name) == ["his"])
            #expect(try await delete("/api/v1/tokens/\(his[0].id)", ada, world) == 404)
            #expect(try await world.get("/api/v1/tokens", bob).status == 200)
        }
    }

    @Test func `A password is changed by who knows it, and other browsers are signed out`() async throws {
        try await World.run { world in
            try await world.access.addAccount("ada", password: "the first password")
            let here = try await world.access.signIn(account: "ada", password: "the first password")
            let there = try await world.access.signIn(account: "ada", password: "the first password")
            let csrf = try #require(try await world.access.session(here)).csrf
            let cookie = [("Cookie", "slipway_session=\(here)")]
            let wrong = try await world.form(
                "/account/password", ["current": "x", "password": "the second password", "csrf": csrf], cookie)
            #expect(wrong.status == 403)
            let short = try await world.form(
                "/account/password", ["current": "the first password", "password": "short", "csrf": csrf], cookie)
            #expect(short.status == 422)
            let right = try await world.form(
                "/account/password",
                ["current": "the first password", "password": "the second password", "csrf": csrf],
                cookie)
            #expect(right.status == 200)
            #expect(try await world.access.session(here) != nil)
            #expect(try await world.access.session(there) == nil)
            let out = try await world.form("/account/sign-out", ["csrf": csrf], cookie)
            #expect(out.status == 303)
            #expect(try await world.access.session(here) == nil)
        }
    }

    @Test func `Signing in ends the session of before`() async throws {
        try await World.run { world in
            try await world.access.addAccount("ada", password: "the first password")
            let old = try await world.access.signIn(account: "ada", password: "the first password")
            let reply = try await world.form(
                "/sign-in", ["account": "ada", "password": "the first password"], [("Cookie", "slipway_session=\(old)")]
            )
            #expect(reply.status == 303)
            #expect(reply.header("set-cookie")?.contains(old) == false)
            #expect(try await world.access.session(old) == nil)
        }
    }

    @Test func `What changes something is recorded, done, refused and failed, and never a secret`() async throws {
        try await World.run { world in
            let admin = try await world.token()
            try await world.access.addAccount("ada", password: nil)
            let ada = [("Authorization", "Bearer \(try await world.access.makeToken(named: "ci", account: "ada"))")]
            let secrets = [
                try await world.post("/api/v1/tokens", #"{"name":"new"}"#, admin).text,
                try await world.post("/api/v1/accounts/ada/password", "{}", admin).text,
            ]
            _ = try await world.form("/sign-in", ["account": "ada", "password": "a wrong password"])
            _ = try await world.post("/api/v1/apps", #"{"name":"orders"}"#, ada)
            _ = try await world.post("/api/v1/apps", #"{"name":"orders"}"#, admin)
            _ = try await world.post("/api/v1/apps", #"{"name":"orders"}"#, admin)
            _ = try await world.post("/api/v1/apps", #"{"name":"orders"}"#, [])
            #expect(try await delete("/api/v1/apps/orders", admin, world) == 204)

            let lines = try await world.get("/api/v1/audit.jsonl", admin).text.split(separator: "\n")
            let entries = try lines.map { try JSONCoding.decoder.decode(AuditEntry.self, from: Data($0.utf8)) }
            #expect(
                entries.reversed().map { "\($0.actor) \($0.action) \($0.outcome)" } == [
                    "test token.create done", "test account.password done", "ada session.start refused",
                    "ada/ci app.add refused", "test app.add done", "test app.add failed", "test app.remove done",
                ])
            #expect(entries.allSatisfy { $0.address == "127.0.0.1" })
            #expect(entries[0].app == "orders" && entries[0].before?.contains("\"name\":\"orders\"") == true)
            #expect(entries[2].after?.contains("\"branch\":\"main\"") == true)
            let text = lines.joined()
            for secret in secrets {
                let word = try #require(secret.firstMatch(of: /"(?:token|password)":"([^"]+)"/)).1
                #expect(!text.contains(word))
            }
            #expect(!text.contains("a wrong password"))

            let refused = try await world.get("/api/v1/audit?outcome=refused&actor=ada/ci", admin)
            #expect(refused.text.contains("app.add") && !refused.text.contains("session.start"))
            #expect(try await world.get("/api/v1/audit?outcome=x", admin).status == 400)
            let page = try await world.get("/audit?app=orders", admin).text
            #expect(page.contains("app.remove") && !page.contains("token.create"))
            #expect(try await world.get("/api/v1/audit", ada).status == 403)
        }
    }

    @Test func `Forms of the people page do what they say`() async throws {
        try await World.run { world in
            let (cookie, csrf) = try await world.signIn()
            func send(_ path: String, _ fields: [String: String] = [:]) async throws -> HTTPReply {
                try await world.form(path, fields.merging(["csrf": csrf]) { one, _ in one }, [("Cookie", cookie)])
            }
            let added = try await send("/people/accounts", ["name": "ada@example.com"])
            #expect(added.text.contains("shown this once"))
            #expect(try await send("/people/teams", ["name": "ops"]).status == 303)
            #expect(try await send("/people/teams/ops/members", ["account": "ada@example.com"]).status == 303)
            #expect(try await world.access.team("ops").members == ["ada@example.com"])
            #expect(try await send("/people/grants", ["to": "team:ops", "allows": "deployer"]).status == 303)
            #expect(try await send("/people/grants", ["to": "team:ops", "allows": "owner"]).status == 422)
            #expect(try await world.access.grants().count == 2)
            #expect(try await send("/people/grants/2/remove").status == 303)
            let path = "/people/accounts/ada@example.com"
            #expect(try await send("\(path)/disable").status == 303)
            #expect(try await world.access.account("ada@example.com").disabledAt != nil)
            #expect(try await send("\(path)/enable").status == 303)
            #expect(try await send("\(path)/sign-out").status == 303)
            #expect(try await send("/people/teams/ops/members/ada@example.com/remove").status == 303)
            #expect(try await world.access.team("ops").members == [])
            #expect(try await send("/people/teams/ops/remove").status == 303)
            #expect(try await send("\(path)/remove").status == 303)
            #expect(try await world.access.accounts().map(\.name) == ["admin"])
        }
    }
}
