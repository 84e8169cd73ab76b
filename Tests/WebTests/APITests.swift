import Access
import Delivery
import Foundation
import HTTPTransport
import HTTPTypes
import Model
import Stacks
import Testing

@testable import Web

@Suite struct APITests {
    @Test func appsAreAddedListedAndRemoved() async throws {
        try await World.run { world in
            let token = try await world.token()
            let added = try await world.post("/api/v1/apps", "{\"name\":\"orders\",\"branch\":\"trunk\"}", token)
            #expect(added.status == 201)
            #expect(try added.json(App.self).branch == "trunk")
            #expect(try await world.get("/api/v1/apps", token).json([AppSummary].self).map(\.app.name) == ["orders"])
            let again = try await world.post("/api/v1/apps", "{\"name\":\"orders\"}", token)
            #expect(again.status == 409)
            let removed = try await world.client.send(
                HTTPTransport.HTTPRequest(method: "DELETE", path: "/api/v1/apps/orders", headers: token),
                timeout: .seconds(20))
            #expect(removed.status == 204)
            let gone = try await world.get("/api/v1/apps/orders", token)
            #expect(gone.status == 404)
            #expect(try gone.json(Problem.self).code == .notFound)
        }
    }

    @Test func whatIsWrongWithARequestIsSaid() async throws {
        try await World.run { world in
            let token = try await world.token()
            let empty = try await world.post("/api/v1/apps", "{}", token)
            #expect(empty.status == 400)
            #expect(try empty.json(Problem.self).cause == "name is missing")
            let broken = try await world.post("/api/v1/apps", "{", token)
            #expect(broken.status == 400)
            #expect(try await world.get("/api/v1/builds/x", token).status == 404)
            #expect(try await world.get("/api/v1/nothing", token).status == 404)
            let unknown = try await world.get("/api/v1/apps", [("Authorization", "Bearer slp_wrong")])
            #expect(unknown.status == 401)
        }
    }

    @Test func aRepeatedRequestGetsTheFirstAnswer() async throws {
        try await World.run { world in
            let headers = try await world.token() + [("Idempotency-Key", "k1")]
            async let one = world.post("/api/v1/apps", "{\"name\":\"orders\"}", headers)
            async let two = world.post("/api/v1/apps", "{\"name\":\"orders\"}", headers)
            let (first, second) = try await (one, two)
            #expect(first.status == 201)
            #expect(first.body == second.body)
            let other = try await world.post("/api/v1/apps/orders/refresh", "", headers)
            #expect(other.status == 409)
        }
    }

    @Test func aDeploysTokenReachesItsEnvironmentAlone() async throws {
        try await World.run { world in
            _ = try await world.stacks.addEnvironment(name: "production", socket: "/a")
            _ = try await world.delivery.addApp(name: "orders", source: .hosted, branch: "main")
            let own = try await world.access.makeDeployToken(deploy: 5, environment: 77)
            let headers = [("Authorization", "Bearer \(own)")]
            let paths = [
                "/api/v1/apps/orders", "/api/v1/deploys/5", "/git/orders.git/info/refs?service=git-upload-pack",
                "/git/orders.git/info/refs?service=git-receive-pack", "/api/v1/environments/production/stacks",
            ]
            for path in paths { #expect(try await world.get(path, headers).status == 404, "\(path)") }
            #expect(try await world.get("/api/v1/apps", headers).text == "[]")
            #expect(try await world.get("/api/v1/tokens", headers).status == 403)
            #expect(try await world.post("/api/v1/apps", "{}", headers).status == 403)
            #expect(try await world.post("/api/v1/environments", "{}", headers).status == 403)
            #expect(try await world.get("/api/v1/environments", headers).text == "[]")
        }
    }

    @Test func theDescriptionNamesEveryRoute() async throws {
        try await World.run { world in
            let reply = try await world.get("/api/v1/openapi.json", try await world.token())
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any])
            #expect(document["openapi"] as? String == "3.1.0")
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            for route in API.operations {
                #expect(
                    paths[API.prefix + route.path]?[route.method.rawValue.lowercased()] != nil,
                    "\(route.method) \(route.path)")
            }
        }
    }

    @Test func aPushWithATokenBringsItsCommits() async throws {
        try await World.run { world in
            let headers = try await world.token()
            _ = try await world.post("/api/v1/apps", "{\"name\":\"orders\"}", headers)
            let token = try await world.access.makeToken(named: "git")
            let remote = "http://any:\(token)@127.0.0.1:\(world.port)/git/orders.git"
            let script = """
                set -e; cd \(world.folder); git init -q -b main work; cd work
                export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=Ada \
                GIT_COMMITTER_EMAIL=a@example.com GIT_TERMINAL_PROMPT=0
                head -c 3000000 /dev/urandom > blob; echo hi > README; git add .; git commit -qm 'First (#1)'
                git push -q \(remote) main
                git clone -q \(remote) ../copy; cmp blob ../copy/blob
                ! git push -q http://any:wrong@127.0.0.1:\(world.port)/git/orders.git main 2>/dev/null
                """
            let process = Process()
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments = ["-c", script]
            let status = try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do { try process.run() } catch { continuation.resume(throwing: error) }
            }
            #expect(status == 0)
            struct Commits: Decodable { var rows: [CommitRow] }
            let commits = try await world.get("/api/v1/apps/orders/commits", headers).json(Page<CommitRow>.self)
            #expect(commits.rows.map(\.commit.title) == ["First (#1)"])
            #expect(commits.rows.first?.commit.authorName == "Ada")
        }
    }
}
