import Access
import Delivery
import Foundation
import HTTPTransport
import Model
import SecretStore
import Stacks
import Testing

@testable import Web

@Suite struct SecretTests {
    private static let value = "correct-horse-battery"

    private func put(
        _ world: World, _ path: String, _ json: String, _ headers: [(String, String)]
    ) async throws -> HTTPReply {
        try await world.client.send(
            HTTPTransport.HTTPRequest(
                method: "PUT", path: path, headers: headers + [("Content-Type", "application/json")],
                body: Array(json.utf8)), timeout: .seconds(20))
    }

    @Test func theAPISetsListsAndRemovesAndNeverTellsAValue() async throws {
        try await World.run { world in
            let token = try await world.token()
            _ = try await world.post("/api/v1/apps", "{\"name\":\"orders\"}", token)
            let set = try await put(
                world, "/api/v1/secrets/DB_PASSWORD?app=orders", "{\"value\":\"\(Self.value)\"}", token)
            #expect(set.status == 200)
            #expect(try set.json(Secret.self).place == SecretPlace(name: "DB_PASSWORD", app: "orders"))
            #expect(!set.text.contains(Self.value))
            let list = try await world.get("/api/v1/secrets?app=orders", token)
            #expect(try list.json([Secret].self).count == 1 && !list.text.contains(Self.value))
            #expect(try await world.get("/api/v1/secrets?app=other", token).json([Secret].self).isEmpty)
            #expect(try await world.get("/api/v1/secrets/DB_PASSWORD", token).status == 405)
            let kept = try await world.delivery.secrets.given(for: .init(app: "orders", environment: nil))
            #expect(kept.variables == ["DB_PASSWORD": Self.value])
            let rotated = try await world.post("/api/v1/secrets/rotate-key", "", token)
            #expect(rotated.status == 200)
            let removed = try await world.client.send(
                HTTPTransport.HTTPRequest(
                    method: "DELETE", path: "/api/v1/secrets/DB_PASSWORD?app=orders", headers: token),
                timeout: .seconds(20))
            #expect(removed.status == 204)
            #expect(try await world.get("/api/v1/secrets", token).json([Secret].self).isEmpty)
        }
    }

    @Test func whatIsWrongIsSaidWithoutTheValue() async throws {
        try await World.run { world in
            let token = try await world.token()
            for (path, body, status) in [
                ("1A", "{\"value\":\"\(Self.value)\"}", 422), ("A?app=none", "{\"value\":\"\(Self.value)\"}", 404),
                ("A?environment=none", "{\"value\":\"\(Self.value)\"}", 404),
                ("A", "{\"value\":[\"\(Self.value)\"]}", 400), ("A", "{\"value\":\"\(Self.value)", 400),
                ("A", "{\"value\":\"\(Self.value)\",\"kind\":\"other\"}", 422), ("A", "{\"value\":\"\"}", 422),
                ("A?context=a%2Fb", "{\"value\":\"\(Self.value)\"}", 422),
            ] {
                let reply = try await put(world, "/api/v1/secrets/\(path)", body, token)
                #expect(reply.status == status, "\(path) \(body)")
                #expect(!reply.text.contains("horse"))
            }
        }
    }

    @Test func aScriptsTokenMayNotSetThem() async throws {
        try await World.run { world in
            let token = try await world.access.makeDeployToken(deploy: 1, environment: 1)
            let headers = [("Authorization", "Bearer \(token)")]
            #expect(try await put(world, "/api/v1/secrets/A", "{\"value\":\"\(Self.value)\"}", headers).status == 403)
            #expect(try await world.post("/api/v1/secrets/rotate-key", "", headers).status == 403)
        }
    }

    @Test func thePagesSetAndRemove() async throws {
        try await World.run { world in
            let (cookie, csrf) = try await world.signIn()
            let headers = [("Cookie", cookie)]
            _ = try await world.post("/api/v1/apps", "{\"name\":\"orders\"}", try await world.token())
            let key = "-----BEGIN KEY-----\r\n\(Self.value)\r\n-----END KEY-----\r\n"
            let set = try await world.form(
                "/apps/orders/secrets", ["csrf": csrf, "name": "TLS_KEY", "kind": "file", "value": key], headers)
            #expect(set.status == 303)
            let given = try await world.delivery.secrets.given(for: .init(app: "orders", environment: nil))
            #expect(given.files == ["TLS_KEY": key.replacing("\r\n", with: "\n")])
            let wrong = try await world.form(
                "/secrets", ["csrf": csrf, "name": "A-B", "value": Self.value], headers)
            #expect(wrong.status == 422 && wrong.text.contains("A-B") && !wrong.text.contains(Self.value))
            for path in ["/apps/orders/secrets", "/secrets"] {
                let page = try await world.get(path, headers)
                #expect(page.status == 200 && page.text.contains("TLS_KEY") && !page.text.contains(Self.value))
            }
            let foreign = try await world.form(
                "/apps/orders/secrets/remove", ["name": "TLS_KEY", "app": "orders"], headers)
            #expect(foreign.status == 403)
            let removed = try await world.form(
                "/apps/orders/secrets/remove", ["csrf": csrf, "name": "TLS_KEY", "app": "orders"], headers)
            #expect(removed.status == 303)
            #expect(try await world.delivery.secrets.list().isEmpty)
        }
    }

    @Test func whoMaySetThoseOfOneAppMaySetNoOthers() async throws {
        try await World.run { world in
            let admin = try await world.token()
            for name in ["orders", "billing"] {
                _ = try await world.post("/api/v1/apps", "{\"name\":\"\(name)\"}", admin)
            }
            _ = try await world.stacks.addEnvironment(name: "production", socket: "/a")
            _ = try await put(world, "/api/v1/secrets/B?app=billing", "{\"value\":\"\(Self.value)\"}", admin)
            let orders = try await world.delivery.app(named: "orders").id
            try await world.access.addAccount("ada", password: nil)
            _ = try await world.access.addGrant(to: .account("ada"), .right(.secrets), scope: Scope(appID: orders))
            let secret = try await world.access.makeSession(of: "ada")
            let session = try #require(try await world.access.session(secret))
            let ada = [("Cookie", "slipway_session=\(secret)"), ("X-CSRF-Token", session.csrf)]
            for (bounds, status) in [
                ("?app=orders", 200), ("?app=orders&environment=production", 200), ("?app=billing", 404), ("", 403),
                ("?environment=production", 403), ("?app=orders&app=billing", 400), ("?context=payments", 403),
            ] {
                let reply = try await put(
                    world, "/api/v1/secrets/A\(bounds)", "{\"value\":\"\(Self.value)\"}", ada)
                #expect(reply.status == status, "\(bounds)")
            }
            let seen = try await world.get("/api/v1/secrets", ada).json([Secret].self)
            #expect(seen.map(\.place.name) == ["A", "A"] && seen.allSatisfy { $0.place.app == "orders" })
            // The page's own path counts, whatever the query or the form says besides.
            let form = ["name": "A", "value": Self.value, "app": "orders", "csrf": session.csrf]
            #expect(try await world.form("/apps/billing/secrets?app=orders", form, ada).status == 404)
            #expect(try await world.form("/secrets?app=orders", form.merging(["app": ""]) { $1 }, ada).status == 403)
            #expect(try await world.form("/secrets", form, ada).status == 303)
            let page = try await world.get("/secrets", ada).text
            #expect(page.contains("<form method=\"post\" action=\"/secrets\"") && !page.contains("billing"))
            let entries = try await world.access.audit.entries(AuditFilter(), limit: 100)
            #expect(entries.contains { $0.action == "secret.set" && $0.outcome == .refused && $0.actor == "ada" })
            #expect(!entries.contains { "\($0)".contains(Self.value) })
        }
    }

    @Test func anAppTakesItsSecretsAlong() async throws {
        try await World.run { world in
            let token = try await world.token()
            _ = try await world.post("/api/v1/apps", "{\"name\":\"orders\"}", token)
            _ = try await put(world, "/api/v1/secrets/A?app=orders", "{\"value\":\"\(Self.value)\"}", token)
            try await world.delivery.removeApp(named: "orders")
            #expect(try await world.delivery.secrets.list().isEmpty)
        }
    }
}
