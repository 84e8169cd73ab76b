import Client
import Foundation
import Model
import StubServer
import Testing

@Suite("Client of our API against a recording server")
struct SlipwayClientTests {
    private struct Thing: Codable, Sendable, Equatable {
        var name: String
        var at: Date
    }

    private let thing = Thing(name: "orders", at: Date(timeIntervalSince1970: 1.25))
    private static let json = #"{"at":"1970-01-01T00:00:01.250Z","name":"orders"}"#

    @Test("JSON goes out and comes back, with the token and below /api/v1")
    func json() async throws {
        try await withStub({ _, writer in try await writer.reply(200, [], Self.json) }) { client, server in
            let got: Thing = try await client.get("/things?limit=1")
            let posted: Thing = try await client.post("/things", thing)
            let deleted: Thing = try await client.delete("/things/1")
            #expect([got, posted, deleted] == [thing, thing, thing])
            #expect(
                server.requests.map { "\($0.method) \($0.path)" } == [
                    "GET /api/v1/things?limit=1", "POST /api/v1/things", "DELETE /api/v1/things/1",
                ])
            #expect(server.requests.allSatisfy { $0.header("Authorization") == "Bearer slp_test" })
            #expect(server.requests[1].text == Self.json)
            #expect(server.requests[1].header("Content-Type") == "application/json")
        }
    }

    @Test("Mutations carry a key of their own each; reading carries none")
    func keys() async throws {
        try await withStub({ _, writer in try await writer.reply(200, [], Self.json) }) { client, server in
            let _: Thing = try await client.get("/things")
            try await client.post("/things")
            try await client.post("/things", thing)
            try await client.delete("/things")
            let keys = server.requests.map { $0.header("Idempotency-Key") }
            #expect(keys[0] == nil)
            #expect(Set(keys.compactMap { $0 }).count == 3)
        }
    }

    @Test("A mutation whose answer is lost, or that meets a restart, is sent again with the same key")
    func retries() async throws {
        let script = Script(
            { _, _ in },
            { _, writer in try await writer.raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".utf8) },
            { _, writer in try await writer.reply(502) },
            { _, writer in try await writer.reply(503, [("Retry-After", "0")]) },
            { _, writer in try await writer.reply(201, [], Self.json) })
        try await withStub(script.handler) { client, server in
            let made: Thing = try await client.post("/things", thing)
            #expect(made == thing)
            #expect(server.requests.count == 5)
            #expect(Set(server.requests.map { $0.header("Idempotency-Key") }).count == 1)
            #expect(Set(server.requests.map(\.text)) == [Self.json])
        }
    }

    @Test("A failure of the server arrives as it was, and is not tried again")
    func problems() async throws {
        let failure = Failure(
            .unavailable, "The registry doesn't answer", hint: "Start it.", cause: "refused",
            findings: [Finding(file: "slipway.yml", line: 2, message: "bad")])
        let body = String(decoding: try JSONCoding.encoder.encode(Problem(failure)), as: UTF8.self)
        try await withStub({ _, writer in try await writer.reply(503, [], body) }) { client, server in
            await #expect(throws: failure) { try await client.post("/things") }
            #expect(server.requests.count == 1)
        }
    }

    @Test(
        "An answer without a problem document still means something",
        arguments: [(401, Failure.Code.unauthorized), (404, .notFound), (302, .failed), (500, .failed)])
    func strangers(status: Int, code: Failure.Code) async throws {
        try await withStub({ _, writer in try await writer.reply(status, [], "<html>") }) { client, _ in
            let failure = await #expect(throws: Failure.self) { try await client.delete("/things") }
            #expect(failure?.code == code)
        }
    }

    @Test("An answer that isn't what was expected names the server")
    func unreadable() async throws {
        try await withStub({ _, writer in try await writer.reply(200, [], "<html>") }) { client, _ in
            let failure = await #expect(throws: Failure.self) { let _: Thing = try await client.get("/things") }
            #expect(failure?.code == .failed && failure?.message.contains(client.server) == true)
        }
    }

    @Test("A server that isn't there is waited for, then named, with how to start one")
    func absent() async throws {
        for endpoint in [StubServer.freshSocketPath(), "http://127.0.0.1:1"] {
            let client = try SlipwayClient(endpoint: endpoint, token: nil, patience: .milliseconds(120))
            let failure = await #expect(throws: Failure.self) { try await client.post("/things") }
            #expect(failure?.code == .unavailable)
            #expect(failure?.message == "Slipway at \(endpoint) doesn't answer")
            #expect(failure?.hint?.contains("slipway serve") == true)
        }
    }

    @Test("A call that began while the server was away is answered when it is back")
    func restart() async throws {
        let path = StubServer.freshSocketPath()
        let (waits, wait) = AsyncStream.makeStream(of: String.self)
        let client = try SlipwayClient(endpoint: path, token: nil) { wait.yield($0) }
        let call = Task { () async throws -> Thing in try await client.get("/things") }
        for await words in waits {
            #expect(words.contains(path))
            break
        }
        try await StubServer.run(
            at: .unixSocket(path), handler: { _, writer in try await writer.reply(200, [], Self.json) }
        ) { server in
            let answer = try await call.value
            #expect(answer == thing)
            #expect(server.requests.count == 1)
        }
    }

    @Test("A cancelled call doesn't go on waiting")
    func cancellation() async throws {
        let (waits, wait) = AsyncStream.makeStream(of: String.self)
        let client = try SlipwayClient(endpoint: StubServer.freshSocketPath(), token: nil) { wait.yield($0) }
        let call = Task { try await client.post("/things") }
        for await _ in waits { break }
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
    }
}
