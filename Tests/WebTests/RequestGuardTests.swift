import Foundation
import Access
import HTTPTransport
import HTTPTypes
import Model
import Testing

@testable import Web

/// What is turned away before anybody is asked who they are, on every route.
@Suite struct RequestGuardTests {
    /// The path of a route with something in place of its parameters.
    static func path(_ route: Route) -> String { route.path.replacing(/\{\w+\}/, with: "1") }

    static func harmless(_ routes: [Route]) -> [Route] {
        routes.map { route in
            var route = route
            route.handler = { _, _ in .text("let through", "text/plain") }
            return route
        }
    }

    /// Of an admin, without the form.
    static func session(_ world: World) async throws -> (cookie: String, csrf: String) {
        try await world.access.addAccount("ada", password: nil)
        _ = try await world.access.addGrant(to: .account("ada"), .role(.admin))
        let secret = try await world.access.makeSession(of: "ada")
        return ("slipway_session=\(secret)", try #require(try await world.access.session(secret)).csrf)
    }

    static func send(
        _ world: World, _ method: String, _ path: String, _ headers: [(String, String)], body: String? = nil
    ) async throws -> HTTPReply {
        try await world.client.send(
            HTTPTransport.HTTPRequest(
                method: method, path: path, headers: headers, body: body.map { Array($0.utf8) }),
            timeout: .seconds(20))
    }

    @Test func `Every route refuses to be called by a name that isn't ours`() async throws {
        try await World.run(replacing: Self.harmless, settings: { $0.allowedHosts = ["slipway.internal"] }) { world in
            let token = try await world.token()
            for route in world.routes {
                let reply = try await Self.send(
                    world, route.method.rawValue, Self.path(route), token + [("Host", "evil.example:8080")])
                #expect(reply.status == 421, "\(route.name)")
                #expect(try reply.json(Problem.self).code == .misdirected, "\(route.name)")
            }
            for host in ["localhost", "LOCALHOST:1", "127.0.0.1:9", "[::1]:80", "10.1.1.1", "slipway.internal"] {
                #expect(try await world.get("/healthz", [("Host", host)]).status == 200, "\(host)")
            }
            for host in ["localhost.evil.example", "127.0.0.1.evil.example", "localhost:x", ":80", "a b", "10.1.1"] {
                #expect(try await world.get("/healthz", [("Host", host)]).status == 421, "\(host)")
            }
            #expect(try await world.get("/healthz", [("Host", "localhost"), ("Host", "evil.example")]).status == 400)
        }
    }

    @Test func `Every route that changes something refuses other sites' pages, with a session or without`() async throws
    {
        try await World.run(replacing: Self.harmless) { world in
            let (cookie, csrf) = try await Self.session(world)
            let own = [("Cookie", cookie), ("X-CSRF-Token", csrf)]
            let foreign: [[(String, String)]] = [
                [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")],
                [("Origin", "https://evil.example")], [("Origin", "null")], [("Origin", "http://127.0.0.1:1")],
                [("Sec-Fetch-Site", "cross-site"), ("Origin", world.url)],
            ]
            for route in world.routes where !["GET", "HEAD"].contains(route.method.rawValue) {
                for headers in foreign {
                    let reply = try await Self.send(
                        world, route.method.rawValue, Self.path(route), own + headers)
                    #expect(reply.status == 403, "\(route.name) \(headers)")
                    #expect(reply.text.contains("from another site"), "\(route.name) \(headers)")
                }
            }
            for headers in [
                [("Sec-Fetch-Site", "same-origin")], [("Origin", world.url)], [("Origin", "http://127.0.0.1")],
            ] {
                #expect(try await Self.send(world, "POST", "/account/sign-out", own + headers).status == 200)
            }
            #expect(try await world.form("/sign-in", [:], foreign[0]).status == 403)
            // A program has no browser that could be led astray.
            let token = try await world.token()
            #expect(try await Self.send(world, "POST", "/account/sign-out", token + foreign[2]).status == 200)
        }
    }

    @Test func `Every route that changes something asks a session for its token`() async throws {
        try await World.run(replacing: Self.harmless) { world in
            let (cookie, csrf) = try await Self.session(world)
            for route in world.routes where !["GET", "HEAD"].contains(route.method.rawValue) && route.access != .open {
                for sent in [[], [("X-CSRF-Token", "x")], [("X-CSRF-Token", "")]] {
                    let reply = try await Self.send(
                        world, route.method.rawValue, Self.path(route), [("Cookie", cookie)] + sent)
                    #expect(reply.status == 403, "\(route.name)")
                }
                // What isn't there is told only to who has the token.
                let reply = try await Self.send(
                    world, route.method.rawValue, Self.path(route), [("Cookie", cookie), ("X-CSRF-Token", csrf)])
                #expect([200, 404].contains(reply.status), "\(route.name)")
            }
        }
    }

    @Test func `Every path says which methods it takes`() async throws {
        try await World.run(replacing: Self.harmless) { world in
            let token = try await world.token()
            let table = MethodTable(world.routes)
            for path in Set(world.routes.map(Self.path)) {
                let allowed = table.methods(at: path)
                #expect(!allowed.isEmpty)
                for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]
                where !allowed.contains(method) {
                    let reply = try await Self.send(world, method, path, token)
                    #expect(reply.status == 405, "\(method) \(path)")
                    #expect(reply.header("allow") == allowed.joined(separator: ", "), "\(method) \(path)")
                }
            }
            // What is no method at all, the parser of HTTP refuses.
            #expect(try await Self.send(world, "BREW", "/apps", token).status == 400)
            #expect(table.methods(at: "/nowhere/at/all").isEmpty)
            #expect(table.methods(at: "/apps") == ["GET", "HEAD", "POST"])
        }
    }

    @Test func `Every route reads only the kind of body that it is for`() async throws {
        try await World.run(replacing: Self.harmless) { world in
            let token = try await world.token()
            for route in world.routes where !["GET", "HEAD"].contains(route.method.rawValue) {
                guard !route.path.hasPrefix("/git/") else { continue }
                let isAPI = route.path.hasPrefix("/api/")
                let wrong = isAPI ? "application/x-www-form-urlencoded" : "application/json"
                for type in [[("Content-Type", wrong)], [("Content-Type", "text/plain")], []] {
                    let reply = try await Self.send(
                        world, route.method.rawValue, Self.path(route), token + type, body: "{}")
                    #expect(reply.status == 415, "\(route.name) \(type)")
                }
            }
        }
    }

    @Test func `What is too large is told so`() async throws {
        try await World.run(settings: { $0.limits.headerCount = 50 }) { world in
            let token = try await world.token()
            let long = try await world.get("/apps/" + String(repeating: "a", count: 9000), token)
            #expect(long.status == 414)
            let field = try await world.get("/apps", [("X-Long", String(repeating: "a", count: 20_000))])
            #expect(field.status == 431)
            #expect(try field.json(Problem.self).status == 431)
            let many = try await world.get("/apps", (0..<60).map { ("X-\($0)", "1") })
            #expect(many.status == 431)
            let body = try await world.post(
                "/api/v1/apps", "{\"name\":\"\(String(repeating: "a", count: 5 << 20))\"}", token)
            #expect(body.status == 413)
            #expect(try body.json(Problem.self).code == .tooLarge)
            let form = try await world.form("/sign-in", ["account": String(repeating: "a", count: 2 << 20)])
            #expect(form.status == 413)
            let fields = Dictionary(uniqueKeysWithValues: (0..<600).map { ("f\($0)", "1") })
            #expect(try await world.form("/sign-in", fields).status == 413)
            let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
            #expect(try await world.post("/api/v1/apps", deep, token).status == 413)
            let wide = "[" + String(repeating: "1,", count: 100_001) + "1]"
            #expect(try await world.post("/api/v1/apps", wide, token).status == 413)
        }
    }

    @Test(arguments: [
        ("{}", true), ("[[[]]]", true), ("[[[[]]]]", false), (#"["[[[[[[", "\"[[[["]"#, true), ("[1,2,3,4]", true),
        ("[1,2,3,4,5]", false), (#"{"a":{"b":{"c":{}}}}"#, false),
    ])
    func `The shape of JSON is looked at outside of its texts`(text: String, isFine: Bool) {
        var limits = RequestLimits()
        (limits.jsonDepth, limits.jsonValues) = (3, 4)
        #expect(((try? JSONShape.check(text.utf8, limits)) != nil) == isFine)
    }
}
