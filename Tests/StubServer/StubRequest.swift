import NIOCore

/// A request as the stub server got it.
public struct StubRequest: Sendable {
    public var method = ""
    public var path = ""
    public var headers: [(String, String)] = []
    public var body: [UInt8] = []

    /// The first header of that name, in any case of letters.
    public func header(_ name: String) -> String? {
        headers.first { $0.0.lowercased() == name.lowercased() }?.1
    }

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }
}

/// Writes the answer to one request.
public struct StubWriter: Sendable {
    let channel: any Channel

    /// Bytes as they are; returns when the socket has taken them.
    public func raw(_ bytes: some Sequence<UInt8> & Sendable) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: Array(bytes))).get()
    }

    /// A whole answer with its length.
    public func reply(_ status: Int, _ headers: [(String, String)] = [], _ body: String = "") async throws {
        try await raw(head(status, headers + [("Content-Length", "\(body.utf8.count)")]).utf8)
        try await raw(body.utf8)
    }

    /// The head of a chunked answer.
    public func begin(_ status: Int, _ headers: [(String, String)] = []) async throws {
        try await raw(head(status, headers + [("Transfer-Encoding", "chunked")]).utf8)
    }

    /// One chunk.
    public func chunk(_ bytes: [UInt8]) async throws {
        try await raw(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8))
    }

    /// One chunk of text.
    public func chunk(_ text: String) async throws { try await chunk(Array(text.utf8)) }

    /// The end of a chunked answer.
    public func end() async throws { try await raw("0\r\n\r\n".utf8) }

    /// Says nothing until the test is over or the client goes away.
    public func hang() async {
        let (silence, _) = AsyncStream.makeStream(of: Void.self)
        for await _ in silence {}
    }

    private func head(_ status: Int, _ headers: [(String, String)]) -> String {
        "HTTP/1.1 \(status) Stub\r\n" + headers.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n"
    }
}
