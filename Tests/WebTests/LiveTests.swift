import Foundation
import GRDB
import HTTPTransport
import Model
import Pipeline
import Store
import Testing

@testable import Delivery
@testable import Web

@Suite struct LiveTests {
    private func log(_ topic: String, _ kind: String, _ world: World) async throws {
        try await world.store.write { try Store.log(topic, kind, in: $0) }
    }

    /// Reads messages until `count` of them have come, or the stream ends.
    private func messages(
        _ path: String, _ headers: [(String, String)], count: Int, _ world: World
    ) async throws -> [String] {
        let stream = try await world.client.stream(
            HTTPRequest(method: "GET", path: path, headers: headers), timeout: .seconds(20))
        #expect(stream.head.header("content-type") == "text/event-stream")
        var text = ""
        for try await chunk in stream.chunks {
            text += String(decoding: chunk, as: UTF8.self)
            if text.components(separatedBy: "\n\n").count > count { break }
        }
        return text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
    }

    @Test func aReaderThatComesBackMissesNothingAndGetsNothingTwice() async throws {
        try await World.run { world in
            let token = try await world.token()
            for number in 1...3 { try await log("app/1", "kind\(number)", world) }
            try await log("app/2", "other", world)
            let all = try await messages("/live?topics=app/1&after=0", token, count: 4, world)
            #expect(all.count == 4)
            #expect(all[0].contains("event: hello"))
            #expect(all[1].hasPrefix("id: 1\nevent: news\ndata: {"))
            let rest = try await messages(
                "/live?topics=app/1&after=0", token + [("Last-Event-ID", "2")], count: 2, world)
            #expect(rest.count == 2)
            #expect(rest[1].hasPrefix("id: 3\n"))
        }
    }

    @Test func whatHappensIsToldAtOnce() async throws {
        try await World.run { world in
            let token = try await world.token()
            let stream = try await world.client.stream(
                HTTPRequest(method: "GET", path: "/api/v1/events", headers: token), timeout: .seconds(20))
            var text = ""
            for try await chunk in stream.chunks {
                text += String(decoding: chunk, as: UTF8.self)
                // The first message says that the server listens.
                if text.hasSuffix("data: \n\n") { try await log("deploy/3", "ended", world) }
                if text.contains("event: ended") { break }
            }
            #expect(text.contains("\"topic\":\"deploy/3\""))
        }
    }

    @Test func anOpenStreamEndsWhenTheServerStops() async throws {
        try await World.run { world in
            let stream = try await world.client.stream(
                HTTPRequest(method: "GET", path: "/live", headers: try await world.token()), timeout: .seconds(20))
            for try await _ in stream.chunks { await world.stop() }
        }
    }

    @Test func aLogIsFollowedFromAnyByteToItsEnd() async throws {
        try await World.run { world in
            let token = try await world.token()
            let owner = Step.Owner.build(9)
            let app = try await world.delivery.addApp(name: "orders", source: .hosted, branch: "main")
            try await world.store.write { db in
                try db.execute(
                    sql:
                        "INSERT INTO build (id, appID, sha, attempt, state, queuedAt) VALUES (9, ?, ?, 1, 'running', ?)",
                    arguments: [app.id, String(repeating: "a", count: 40), Date()])
                try db.execute(
                    sql: """
                        INSERT INTO step (ownerKind, ownerID, "index", record, state)
                        VALUES ('build', 9, 0, ?, 'running')
                        """,
                    arguments: [
                        #"{"name":"pytest","command":"pytest","action":"","condition":"on_success","background":false}"#
                    ])
            }
            let step = try #require(try await world.delivery.steps(owner).first)
            let file = world.delivery.runner.logs.path(of: step)
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data("one\ntwo\nthr".utf8).write(to: URL(filePath: file))
            let path = "/builds/9/steps/0/log"

            let first = try await messages("\(path)/live?offset=4", token, count: 1, world)
            #expect(
                first == [
                    "id: 8\nevent: log\ndata: <div class=\"l\">two</div><div class=\"l part\">thr</div>"
                ])

            let raw = try await world.get("\(path).txt", token)
            #expect(raw.text == "one\ntwo\nthr")
            let part = try await world.get("/api/v1\(path)?offset=8", token)
            #expect(part.text == "thr")
            #expect(part.header("x-slipway-log-offset") == "11")

            let handle = try #require(FileHandle(forWritingAtPath: file))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("ee\nend".utf8))
            try handle.close()
            try await world.store.write { db in
                try db.execute(sql: "UPDATE step SET state = 'succeeded' WHERE ownerID = 9")
            }
            let rest = try await messages("\(path)/live", token + [("Last-Event-ID", "8")], count: 9, world)
            #expect(
                rest == [
                    "id: 17\nevent: log\ndata: <div class=\"l\">three</div><div class=\"l\">end</div>",
                    "event: end\ndata: 0",
                ])
            let whole = try await world.get("/api/v1\(path)?follow=1", token)
            #expect(whole.text == "one\ntwo\nthree\nend")
            #expect(whole.header("slipway-log") == "complete")
            #expect(try await world.get("/api/v1\(path)?follow=1&offset=17", token).status == 204)
            let page = try await world.get(path, token)
            #expect(page.text.contains("<div class=\"l\">three</div>"))
        }
    }
}
