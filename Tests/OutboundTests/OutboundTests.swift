import Model
import StubServer
import Testing

@testable import Outbound

@Suite struct OutboundTests {
    private func run(
        _ handler: @escaping StubServer.Handler, _ body: (String, StubServer) async throws -> Void
    ) async throws {
        try await StubServer.run(at: .tcp(host: "127.0.0.1"), handler: handler) { server in
            try await body("http://127.0.0.1:\(server.port)", server)
        }
    }

    @Test func `A form arrives as it was meant, and the answer comes back`() async throws {
        try await run({ _, writer in try await writer.reply(201, [], "{\"a\":1}") }) { url, server in
            let reply = try await Outbound().send(
                .form("\(url)/token", ["b": "x y&z", "a": "ü"], headers: ["Accept": "application/json"]))
            #expect(reply.status == 201)
            #expect(try reply.json([String: Int].self) == ["a": 1])
            let request = try #require(server.requests.first)
            #expect(request.method == "POST")
            #expect(request.text == "a=%C3%BC&b=x%20y%26z")
            #expect(request.header("accept") == "application/json")
        }
    }

    @Test func `A redirect is an answer, not a way`() async throws {
        try await run({ _, writer in try await writer.reply(302, [("Location", "http://127.0.0.1:1/")]) }) {
            url, server in
            let reply = try await Outbound().send(OutboundRequest(url: url))
            #expect(reply.status == 302)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `An answer that is too large is not read to its end`() async throws {
        try await run({ _, writer in try await writer.reply(200, [], String(repeating: "x", count: 2000)) }) { url, _ in
            await #expect {
                try await Outbound(largestAnswer: 1000).send(OutboundRequest(url: url))
            } throws: { ($0 as? Failure)?.code == .unavailable }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `A server that falls silent in its answer is given up`() async throws {
        let begun: StubServer.Handler = { _, writer in
            try await writer.begin(200)
            try await writer.chunk("half")
            await writer.hang()
        }
        try await run(begun) { url, _ in
            await #expect {
                try await Outbound(timeLimit: .milliseconds(200)).send(OutboundRequest(url: "\(url)/?secret=1"))
            } throws: { error in
                let failure = error as? Failure
                return failure?.code == .timedOut && failure.map { !"\($0)".contains("secret") } == true
            }
        }
    }

    @Test func `Nobody listening is said in a sentence`() async throws {
        await #expect {
            try await Outbound(timeLimit: .seconds(120)).send(OutboundRequest(url: "http://127.0.0.1:1/x"))
        } throws: { ($0 as? Failure)?.message == "http://127.0.0.1:1/x doesn't answer" }
    }

    @Test(
        "Only HTTPS goes out, and HTTP to this machine",
        arguments: [
            ("https://github.com", true), ("http://127.0.0.1:9000/x", true), ("http://localhost:1", true),
            ("http://github.com", false), ("http://127.0.0.1.example.com", false), ("ftp://example.com", false),
            ("https://a:b@example.com", false), ("github.com", false), ("", false), ("https://", false),
            ("https://example.com/#x", false), ("file:///etc/passwd", false),
        ])
    func addresses(url: String, isGood: Bool) {
        #expect((OutboundAddress.problem(url) == nil) == isGood)
    }
}
