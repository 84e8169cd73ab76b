import HTTPTransport
import StubServer
import Testing

@Suite("HTTP client against a server on a real socket")
struct HTTPTransportTests {
    /// Runs a stub on a unix socket and a client for it.
    private func withStub(
        _ handler: @escaping StubServer.Handler, _ body: (HTTPClient, StubServer) async throws -> Void
    ) async throws {
        let path = StubServer.freshSocketPath()
        try await StubServer.run(at: .unixSocket(path), handler: handler) { server in
            try await body(HTTPClient(endpoint: .unixSocket(path)), server)
        }
    }

    @Test("A request carries Host, Connection: close, its length and its body")
    func request() async throws {
        try await withStub({ _, writer in try await writer.reply(201, [("X-Kind", "stub")], "made") }) {
            client, server in
            let reply = try await client.send(
                HTTPRequest(method: "POST", path: "/things?x=1", headers: [("X-A", "b")], body: Array("hello".utf8)),
                timeout: .seconds(10))
            #expect(reply.status == 201)
            #expect(reply.header("x-kind") == "stub")
            #expect(reply.body == Array("made".utf8))
            let request = try #require(server.requests.first)
            #expect(request.method == "POST")
            #expect(request.path == "/things?x=1")
            #expect(request.header("Host") == "localhost")
            #expect(request.header("Connection") == "close")
            #expect(request.header("Content-Length") == "5")
            #expect(request.header("X-A") == "b")
            #expect(request.text == "hello")
        }
    }

    @Test("A POST without a body says that its length is 0")
    func emptyPost() async throws {
        try await withStub({ _, writer in try await writer.reply(204) }) { client, server in
            _ = try await client.send(HTTPRequest(method: "POST", path: "/"), timeout: .seconds(10))
            _ = try await client.send(HTTPRequest(method: "GET", path: "/"), timeout: .seconds(10))
            #expect(server.requests.map { $0.header("Content-Length") } == ["0", nil])
        }
    }

    @Test("Chunked answers come as they are written, while the server is still writing")
    func streaming() async throws {
        let (acknowledged, acknowledge) = AsyncStream.makeStream(of: Void.self)
        try await withStub({ _, writer in
            try await writer.begin(200)
            try await writer.chunk("one")
            for await _ in acknowledged { break }  // the second chunk exists only after the first has been read
            try await writer.chunk("two")
            try await writer.end()
        }) { client, _ in
            let texts = try await client.withResponse(HTTPRequest(method: "GET", path: "/"), timeout: .seconds(10)) {
                head, body in
                #expect(head.status == 200)
                var texts: [String] = []
                while let chunk = try await body.next() {
                    texts.append(String(decoding: chunk, as: UTF8.self))
                    acknowledge.yield()
                }
                #expect(try await body.next() == nil)
                return texts
            }
            #expect(texts == ["one", "two"])
        }
    }

    @Test("A large body goes out and comes back whole")
    func largeBody() async throws {
        let large = [UInt8](repeating: 65, count: 3_000_000)
        try await withStub({ request, writer in try await writer.reply(200, [], request.text) }) { client, _ in
            let reply = try await client.send(
                HTTPRequest(method: "POST", path: "/", body: large), timeout: .seconds(30))
            #expect(reply.body == large)
        }
    }

    @Test("An answer that stops in the middle is an error, not a short answer", arguments: [true, false])
    func cut(chunked: Bool) async throws {
        try await withStub({ _, writer in
            if chunked {
                try await writer.begin(200)
                try await writer.chunk("half")
            } else {
                try await writer.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".utf8)
            }
        }) { client, _ in
            await #expect(throws: HTTPTransportError.closed) {
                try await client.send(HTTPRequest(method: "GET", path: "/"), timeout: .seconds(10))
            }
        }
    }

    @Test("A server that closes without a word is .closed, one that speaks no HTTP is .malformed")
    func noHTTP() async throws {
        try await withStub({ request, writer in
            if request.path == "/noise" { try await writer.raw("what is this?\r\n\r\n".utf8) }
        }) { client, _ in
            await #expect(throws: HTTPTransportError.closed) {
                try await client.send(HTTPRequest(method: "GET", path: "/"), timeout: .seconds(10))
            }
            await #expect(throws: HTTPTransportError.malformed) {
                try await client.send(HTTPRequest(method: "GET", path: "/noise"), timeout: .seconds(10))
            }
        }
    }

    @Test("A timeout covers the whole of send, and the head of withResponse")
    func timeouts() async throws {
        try await withStub({ request, writer in
            if request.path == "/body" {
                try await writer.begin(200)
                try await writer.chunk("x")
            }
            await writer.hang()
        }) { client, _ in
            for path in ["/head", "/body"] {
                await #expect(throws: HTTPTransportError.timedOut) {
                    try await client.send(HTTPRequest(method: "GET", path: path), timeout: .milliseconds(50))
                }
            }
            await #expect(throws: HTTPTransportError.timedOut) {
                try await client.withResponse(HTTPRequest(method: "GET", path: "/head"), timeout: .milliseconds(50)) {
                    _, _ in
                }
            }
        }
    }

    @Test("A cancelled reader ends, also while the server is silent")
    func cancellation() async throws {
        try await withStub({ _, writer in
            try await writer.begin(200)
            try await writer.chunk("x")
            await writer.hang()
        }) { client, _ in
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            let reader = Task {
                try await client.withResponse(HTTPRequest(method: "GET", path: "/")) { _, body in
                    while try await body.next() != nil { start.yield() }
                }
            }
            for await _ in started { break }
            reader.cancel()
            await #expect(throws: CancellationError.self) { try await reader.value }
        }
    }

    @Test("Nobody listening is .cannotConnect with the system's reason")
    func nobody() async throws {
        let client = HTTPClient(endpoint: .unixSocket(StubServer.freshSocketPath()))
        await #expect(throws: HTTPTransportError.cannotConnect("No such file or directory")) {
            try await client.send(HTTPRequest(method: "GET", path: "/"), timeout: .seconds(10))
        }
        let refused = HTTPClient(endpoint: .tcp(host: "127.0.0.1", port: 1))
        await #expect(throws: HTTPTransportError.cannotConnect("Connection refused")) {
            try await refused.send(HTTPRequest(method: "GET", path: "/"), timeout: .seconds(10))
        }
        let unknown = HTTPClient(endpoint: .tcp(host: "no-such-host.invalid", port: 80))
        let error = await #expect(throws: HTTPTransportError.self) {
            try await unknown.send(HTTPRequest(method: "GET", path: "/"), timeout: .seconds(20))
        }
        #expect(error?.description.contains("no-such-host.invalid") == true)
    }

    @Test("TCP by address of either family and by name", arguments: ["127.0.0.1", "::1", "localhost"])
    func tcp(host: String) async throws {
        try await StubServer.run(
            at: .tcp(host: host),
            handler: { request, writer in try await writer.reply(200, [], request.header("Host") ?? "") }
        ) { server in
            let client = HTTPClient(endpoint: .tcp(host: host, port: server.port))
            let reply = try await client.send(HTTPRequest(method: "GET", path: "/"), timeout: .seconds(10))
            let name = host.contains(":") ? "[\(host)]" : host
            #expect(String(decoding: reply.body, as: UTF8.self) == "\(name):\(server.port)")
        }
    }

    @Test("Nothing breaks out of the request line or a header", arguments: ["/a b", "/a\r\nX: y", "a", "/ä"])
    func injection(path: String) async throws {
        try await withStub({ _, writer in try await writer.reply(200) }) { client, server in
            await #expect(throws: HTTPTransportError.malformed) {
                try await client.send(HTTPRequest(method: "GET", path: path), timeout: .seconds(10))
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("A header's value can't start a new header")
    func headerInjection() async throws {
        try await withStub({ _, writer in try await writer.reply(200) }) { client, server in
            for header in [("Authorization", "x\r\nX-Evil: 1"), ("A B", "x"), ("", "x")] {
                await #expect(throws: HTTPTransportError.malformed) {
                    try await client.send(HTTPRequest(method: "GET", path: "/", headers: [header]))
                }
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("A stream outlives its call, is read as fast as it is taken, and closes its connection when dropped")
    func handedOutStream() async throws {
        let (closed, close) = AsyncStream.makeStream(of: Void.self)
        try await withStub({ request, writer in
            try await writer.begin(200, [("X-Kind", "stub")])
            try await writer.chunk("one")
            if request.path == "/endless" {
                // Writes until the client's side is gone.
                while (try? await writer.chunk([UInt8](repeating: 120, count: 100_000))) != nil {}
                close.finish()
            } else {
                try await writer.chunk("two")
                try await writer.end()
            }
        }) { client, _ in
            let stream = try await client.stream(HTTPRequest(method: "GET", path: "/"), timeout: .seconds(10))
            #expect(stream.head.header("X-Kind") == "stub")
            var text = ""
            for try await chunk in stream.chunks { text += String(decoding: chunk, as: UTF8.self) }
            #expect(text == "onetwo")
            do {
                let endless = try await client.stream(HTTPRequest(method: "GET", path: "/endless"))
                for try await _ in endless.chunks { break }
            }
            for await _ in closed {}
        }
    }
}
