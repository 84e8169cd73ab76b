import Foundation
import Model
import StubServer
import Testing

@testable import Client

@Suite("Logs and events over restarts of the server")
struct StreamTests {
    @Test("A log goes on at its offset after a cut, after a clean end and after a restart; no gap, no double")
    func log() async throws {
        let script = Script(
            { _, writer in
                try await writer.begin(200)
                try await writer.chunk("hello ")
            },
            { _, writer in try await writer.reply(503, [("Retry-After", "0")]) },
            { _, writer in
                try await writer.begin(200)
                try await writer.chunk("wor")
                try await writer.end()
            },
            { _, _ in },
            { _, writer in try await writer.reply(200, [("Slipway-Log", "complete")], "ld\n") })
        try await withStub(script.handler) { client, server in
            let whole = try await text(of: client.log("/steps/1/log"))
            #expect(whole == "hello world\n")
            #expect(
                server.requests.map(\.path)
                    == [0, 6, 6, 9, 9].map { "/api/v1/steps/1/log?offset=\($0)&follow=1" })
        }
    }

    @Test("A complete log that is cut is asked for again; 204 is its end")
    func cutAtTheEnd() async throws {
        let script = Script(
            { _, writer in
                try await writer.begin(200, [("Slipway-Log", "complete")])
                try await writer.chunk("all")
            },
            { _, writer in try await writer.reply(204) })
        try await withStub(script.handler) { client, server in
            let whole = try await text(of: client.log("/log?stream=1"))
            #expect(whole == "all")
            #expect(server.requests.last?.path == "/api/v1/log?stream=1&offset=3&follow=1")
        }
    }

    private func first(of arrivals: AsyncStream<LogChunk>) async -> LogChunk? {
        for await chunk in arrivals { return chunk }
        return nil
    }

    @Test("A log is followed over two lives of the server")
    func twoLives() async throws {
        let path = StubServer.freshSocketPath()
        let client = try SlipwayClient(endpoint: path, token: nil)
        let (arrivals, arrival) = AsyncStream.makeStream(of: LogChunk.self)
        let reader = Task {
            for try await chunk in client.log("/log") { arrival.yield(chunk) }
            arrival.finish()
        }
        let content = Array("first second".utf8)
        let firstLife: StubServer.Handler = { _, writer in
            try await writer.begin(200)
            try await writer.chunk(Array(content[..<6]))
            await writer.hang()
        }
        try await StubServer.run(at: .unixSocket(path), handler: firstLife) { _ in
            let chunk = await first(of: arrivals)
            #expect(chunk == LogChunk(offset: 0, bytes: Array(content[..<6])))
        }
        let secondLife: StubServer.Handler = { request, writer in
            guard request.path.contains("offset=6&") else { return try await writer.reply(400) }
            try await writer.reply(
                200, [("Slipway-Log", "complete")], String(decoding: content[6...], as: UTF8.self))
        }
        try await StubServer.run(at: .unixSocket(path), handler: secondLife) { _ in
            let chunk = await first(of: arrivals)
            #expect(chunk == LogChunk(offset: 6, bytes: Array(content[6...])))
            try await reader.value
        }
    }

    @Test("A log that isn't there is the server's failure; a server that stays away is .unavailable")
    func failures() async throws {
        let body = String(decoding: try JSONCoding.encoder.encode(Problem(Failure(.notFound, "No log"))), as: UTF8.self)
        try await withStub({ _, writer in try await writer.reply(404, [], body) }) { client, _ in
            await #expect(throws: Failure(.notFound, "No log")) { try await text(of: client.log("/log")) }
        }
        let absent = try SlipwayClient(
            endpoint: StubServer.freshSocketPath(), token: nil, patience: .milliseconds(60))
        let failure = await #expect(throws: Failure.self) { try await text(of: absent.log("/log")) }
        #expect(failure?.code == .unavailable)
    }

    @Test("Events go on after the last that was seen; one that was cut comes whole")
    func events() async throws {
        let script = Script(
            { _, writer in
                try await writer.begin(200, [("Content-Type", "text/event-stream")])
                try await writer.chunk(": hello\n\nid: 1\ndata: a\n\nid: 2\nevent: st")
                try await writer.chunk("ate\ndata: b\ndata: c\n\nid: 3\ndata: lo")
            },
            { _, writer in
                try await writer.begin(200)
                try await writer.chunk("id: 3\r\ndata: long\r\n\r\n")
                try await writer.end()
            },
            { _, writer in try await writer.reply(204) })
        try await withStub(script.handler) { client, server in
            var events: [ServerEvent] = []
            for try await event in client.events("/events", after: "0") { events.append(event) }
            #expect(
                events == [
                    ServerEvent(id: "1", data: "a"), ServerEvent(id: "2", name: "state", data: "b\nc"),
                    ServerEvent(id: "3", data: "long"),
                ])
            #expect(server.requests.map { $0.header("Last-Event-ID") } == ["0", "2", "3"])
        }
    }

    @Test("Events may be cut anywhere", arguments: 1...20)
    func parser(size: Int) {
        let stream = Array("id: 7\nevent: x\ndata: ä\ndata\ndata:  b\n\n: ping\n\ndata: last\n\n".utf8)
        var parser = ServerEventParser()
        var events: [ServerEvent] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            events += parser.parse(Array(stream[start..<min(start + size, stream.count)]))
        }
        #expect(
            events == [ServerEvent(id: "7", name: "x", data: "ä\n\n b"), ServerEvent(id: "7", data: "last")])
    }
}
