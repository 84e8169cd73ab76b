import Access
import Foundation
import HTTPTransport
import HTTPTypes
import Model
import Store
import Testing

@testable import Web

/// Who may come in, and what everyone gets.
@Suite struct DoorTests {
    static let pages = [
        "/", "/apps/new", "/apps/x", "/targets/x/production", "/targets/x/production/plan?revision=1",
        "/targets/x/production/deploys", "/builds/1", "/deploys/1", "/builds/1/steps/0/log", "/environments",
        "/environments/production", "/environments/production/containers/1/logs", "/live", "/nowhere",
    ]

    @Test func everyPageLeadsAStrangerToTheDoor() async throws {
        try await World.run { world in
            for page in Self.pages {
                let reply = try await world.get(page)
                #expect(reply.status == 303, "\(page)")
                #expect(reply.header("location")?.hasPrefix("/sign-in") == true, "\(page)")
            }
        }
    }

    @Test func everyOperationRefusesAStrangerWithAProblem() async throws {
        try await World.run { world in
            for route in API.operations {
                let path = API.prefix + route.path.replacing(/\{\w+\}/, with: "1")
                let reply = try await world.client.send(
                    HTTPTransport.HTTPRequest(method: route.method.rawValue, path: path), timeout: .seconds(20))
                #expect(reply.status == 401, "\(route.method) \(path)")
                #expect(reply.header("content-type") == Problem.contentType)
                #expect(try reply.json(Problem.self).code == .unauthorized)
            }
            let git = try await world.get("/git/orders.git/info/refs?service=git-upload-pack")
            #expect(git.status == 401)
            #expect(git.header("www-authenticate") == "Basic realm=\"Slipway\"")
        }
    }

    @Test func someThingsAreOpenToAll() async throws {
        try await World.run { world in
            for path in ["/sign-in", "/healthz", "/readyz"] + Assets.all.map(\.path) {
                let reply = try await world.get(path)
                #expect(reply.status == 200, "\(path)")
            }
            #expect(try await world.get("/assets/old/style.css").status == 404)
            #expect(try await world.get(Assets.style.path).header("cache-control")?.contains("immutable") == true)
        }
    }

    @Test func aSessionReadsAndChangesOnlyWithItsToken() async throws {
        try await World.run { world in
            let (cookie, csrf) = try await world.signIn()
            let headers = [("Cookie", cookie)]
            #expect(try await world.get("/", headers).text.contains("Add the first app"))
            let without = try await world.form("/apps", ["name": "orders"], headers)
            #expect(without.status == 403)
            #expect(without.text.contains("another session"))
            let added = try await world.form("/apps", ["name": "orders", "csrf": csrf], headers)
            #expect(added.header("location") == "/apps/orders")
            #expect(try await world.get("/apps/orders", headers).text.contains("/git/orders.git"))
            let out = try await world.form("/sign-out", ["csrf": csrf], headers)
            #expect(out.header("set-cookie")?.contains("Max-Age=0") == true)
            #expect(try await world.get("/", headers).status == 303)
        }
    }

    @Test func theCookieIsOutOfReachForScriptsAndOtherSites() async throws {
        try await World.run { world in
            let password = try #require(try await world.access.makeFirstAccount())
            let reply = try await world.form(
                "/sign-in", ["account": "admin", "password": password, "next": "//evil.example"])
            let cookie = try #require(reply.header("set-cookie"))
            for part in ["HttpOnly", "SameSite=Lax", "Path=/"] { #expect(cookie.contains(part)) }
            #expect(reply.header("location") == "/")
        }
    }

    @Test func aWrongPasswordIsToldOnThePage() async throws {
        try await World.run { world in
            _ = try await world.access.makeFirstAccount()
            let reply = try await world.form("/sign-in", ["account": "admin", "password": "wrong"])
            #expect(reply.status == 401)
            #expect(reply.text.contains("don&#39;t match"))
            let other = try await world.form("/sign-in", ["account": "admin"], [("Sec-Fetch-Site", "cross-site")])
            #expect(other.status == 403)
        }
    }

    @Test func theLocalSocketIsAnAdminAndItsOwnersAlone() async throws {
        try await World.run { world in
            // The socket is opened beside the port: its file says when.
            while !FileManager.default.fileExists(atPath: "\(world.folder)/slipway.sock") { await Task.yield() }
            let reply = try await world.local.send(
                HTTPTransport.HTTPRequest(
                    method: "POST", path: "/api/v1/tokens", headers: [("Content-Type", "application/json")],
                    body: Array("{\"name\":\"laptop\"}".utf8)), timeout: .seconds(20))
            #expect(reply.status == 201)
            #expect(reply.text.hasPrefix("{\"token\":\"slp_"))
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(world.folder)/slipway.sock")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test(arguments: [
        ("Bearer slp_1", "slp_1"), ("bearer slp_1", "slp_1"), ("Basic YW55OnNscF8x", "slp_1"), ("Basic ???", nil),
        ("Digest x", nil), ("", nil),
    ])
    func tokensAreFoundInTheHeader(header: String, token: String?) {
        #expect(Gatekeeper.token(in: header) == token)
    }

    @Test func formFieldsAreDecoded() throws {
        #expect(try FormFields.parse("a=1+2&b=%C3%A9%26&c&a=3") == ["a": "3", "b": "é&", "c": ""])
    }

    @Test(arguments: [
        ("/apps", "/apps"), ("//evil", "/"), ("https://evil", "/"), ("/\\evil", "/"), ("/a\r\nb", "/"), (nil, "/"),
    ])
    func onlyOwnPathsAreGoneTo(next: String?, path: String) {
        #expect(DoorRoutes.local(next) == path)
    }

    @Test func ownHeaderNamesAreValid() {
        let names: [HTTPField.Name] = [
            .csrf, .fragment, .log, .logOffset, .logEnded, .idempotencyKey, .lastEventID, .fetchSite, .gitProtocol,
            .referrerPolicy, .frameOptions, .buffering,
        ]
        #expect(Set(names).count == names.count)
        #expect(!names.contains(.userAgent))
    }
}
