import Access
import Foundation
import HTTPTransport
import Model
import Testing

@testable import Web

/// Every route, asked by everybody, against the table in `docs/permissions.md`. `UPDATE_GOLDEN=1` writes the table anew,
/// which is then to be read.
@Suite struct PermissionTests {
    /// Who asks, in the order of the table's columns.
    enum Asker: String, CaseIterable {
        case nobody, viewer, deployer, admin
        case app = "app: this"
        case otherApp = "app: other"
        case environment = "environment: this"
        case otherEnvironment = "environment: other"
        case script = "script: this"
        case otherScript = "script: other"
    }

    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/permissions.md")

    /// Puts an answer in place of what a route does, so that walking them changes nothing.
    private static func harmless(_ routes: [Route]) -> [Route] {
        routes.map { route in
            var route = route
            route.handler = { _, _ in .text("let through", "text/plain") }
            return route
        }
    }

    @Test func `Everybody may what the table says, on every route`() async throws {
        try await World.run(replacing: Self.harmless) { world in
            let scene = try await Scene(world)
            var rows: [[String]] = []
            for (name, request) in scene.requests {
                var row = [name.name, name.needs]
                for asker in Asker.allCases {
                    row.append(try await scene.ask(request, try #require(scene.headers[asker])))
                }
                for (who, headers) in scene.strangers {
                    let answer = try await scene.ask(request, headers)
                    // A cookie that is good no more is no cookie; a token that is not is told so.
                    let isLetIn = name.needs == "open" && !who.contains("token")
                    #expect(answer == (isLetIn ? "yes" : "401"), "\(who): \(name.name)")
                }
                rows.append(row)
            }
            try Self.compare(rows)
        }
    }

    private static func compare(_ rows: [[String]]) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        let head = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let start = try #require(head.firstIndex { $0.hasPrefix("| route | needs |") }) + 2
        #expect(head[start - 2] == line(["route", "needs"] + Asker.allCases.map(\.rawValue)))
        let lines = rows.map { line(["`\($0[0])`"] + $0.dropFirst()) }
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            let tail = head[start...].drop { $0.hasPrefix("|") }
            try (head[..<start] + lines + tail).joined(separator: "\n").write(
                to: file, atomically: true, encoding: .utf8)
            return
        }
        let stored = Array(head[start...].prefix { $0.hasPrefix("|") })
        for line in lines { #expect(stored.contains(line), "docs/permissions.md lacks: \(line)") }
        for line in stored { #expect(lines.contains(line), "docs/permissions.md has no such route: \(line)") }
    }

    private static func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

    @Test func `Whatever isn't a GET is recorded, git's fetch apart, and so is the way back from a provider`()
        async throws
    {
        try await World.run(replacing: { routes in
            for route in routes {
                let isRead =
                    route.name.hasPrefix("GET ") && !route.path.hasSuffix("/callback")
                    || route.path.hasSuffix("/git-upload-pack")
                #expect((route.action == nil) == isRead, "\(route.name)")
            }
            #expect(Set(routes.map(\.name)).count == routes.count)
            return routes
        }) { _ in }
    }

    @Test func `Lists hold only what may be read`() async throws {
        try await World.run { world in
            let scene = try await Scene(world)
            func names(_ path: String, _ asker: Asker) async throws -> [String] {
                let text = try await world.get(path, try #require(scene.headers[asker])).text
                return ["orders", "billing", "production", "staging"].filter { text.contains("\"\($0)\"") }
            }
            #expect(try await names("/api/v1/apps", .nobody) == [])
            #expect(try await names("/api/v1/apps", .app) == ["orders", "production", "staging"])
            #expect(try await names("/api/v1/apps", .environment) == ["orders", "billing", "production"])
            #expect(try await names("/api/v1/targets", .otherEnvironment) == ["orders", "billing", "staging"])
            #expect(try await names("/api/v1/environments", .environment) == ["production"])
            #expect(try await names("/api/v1/environments", .script) == ["production"])
            #expect(try await names("/api/v1/apps", .script) == [])
            let page = try await world.get("/", try #require(scene.headers[.otherApp])).text
            #expect(page.contains("billing") && !page.contains("orders"))
        }
    }

    @Test func `What is hidden reads as what isn't there`() async throws {
        try await World.run { world in
            let scene = try await Scene(world)
            let headers = try #require(scene.headers[.otherApp])
            let hidden = try await world.get("/api/v1/apps/orders", headers)
            let absent = try await world.get("/api/v1/apps/ordres", headers)
            #expect(hidden.status == 404)
            #expect(absent.text.replacing("ordres", with: "orders") == hidden.text)
            #expect(absent.text.contains("Apps: billing"))
            let deploy = try await world.get("/api/v1/deploys/1", headers).text
            let none = try await world.get("/api/v1/deploys/99", headers).text
            #expect(deploy == none.replacing("99", with: "1"))
        }
    }

    @Test func `Pages show no button that one may not press`() async throws {
        try await World.run { world in
            let scene = try await Scene(world)
            for path in ["/", "/apps/orders", "/targets/orders/production", "/builds/1", "/deploys/1", "/environments"]
            {
                let viewer = try await world.get(path, try #require(scene.headers[.viewer])).text
                let forms = viewer.matches(of: /action="([^"]*)"/).map { String($0.1) }
                #expect(forms == ["/sign-out"], "\(path)")
                #expect(!viewer.contains("/people") && !viewer.contains("/audit") && !viewer.contains("/plan?"))
                #expect(
                    try await world.get(path, try #require(scene.headers[.admin])).text.contains("href=\"/people\""))
            }
            let admin = try await world.get("/apps/orders", try #require(scene.headers[.admin])).text
            #expect(admin.contains("/apps/orders/remove"))
        }
    }

    @Test func `The stream of events tells only of what may be read`() async throws {
        try await World.run { world in
            let scene = try await Scene(world)
            for topic in [
                "app/1", "app/2", "build/1", "deploy/1", "rollout/1", "environment/1", "environment/2", "what/1",
            ] {
                try await world.log(topic)
            }
            func topics(_ asker: Asker, until last: String) async throws -> Set<String> {
                let stream = try await world.client.stream(
                    HTTPRequest(
                        method: "GET", path: "/api/v1/events?after=\(scene.lastEvent)",
                        headers: try #require(scene.headers[asker])), timeout: .seconds(20))
                var text = ""
                for try await chunk in stream.chunks {
                    text += String(decoding: chunk, as: UTF8.self)
                    if text.contains(last) { break }
                }
                return Set(text.matches(of: /"topic":"([^"]*)"/).map { String($0.1) })
            }
            #expect(
                try await topics(.app, until: "environment/2")
                    == ["app/1", "build/1", "deploy/1", "rollout/1", "environment/1", "environment/2"])
            #expect(
                try await topics(.otherEnvironment, until: "environment/2")
                    == ["app/1", "app/2", "build/1", "environment/2"])
            #expect(try await topics(.script, until: "environment/1") == ["rollout/1", "environment/1"])
            #expect(try await topics(.viewer, until: "what/1").count == 8)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `A stream that is open ends when its token is revoked`() async throws {
        try await World.run { world in
            let stream = try await world.client.stream(
                HTTPRequest(method: "GET", path: "/live", headers: try await world.token()), timeout: .seconds(50))
            try await world.access.revokeToken(try #require(try await world.access.tokens().first).id)
            // It would go on for ever.
            do { for try await _ in stream.chunks {} } catch let failure as HTTPTransportError {
                #expect(failure != .timedOut)
            }
        }
    }
}
