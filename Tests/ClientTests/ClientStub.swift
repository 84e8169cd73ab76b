import Client
import Model
import StubServer
import Synchronization

/// A client and the server that it talks to.
func withStub(
    token: String? = "slp_test", patience: Duration = .seconds(20), _ handler: @escaping StubServer.Handler,
    _ test: (SlipwayClient, StubServer) async throws -> Void
) async throws {
    let path = StubServer.freshSocketPath()
    try await StubServer.run(at: .unixSocket(path), handler: handler) { server in
        try await test(try SlipwayClient(endpoint: path, token: token, patience: patience), server)
    }
}

/// Gives the n-th request the n-th answer, and the last answer to all that follow.
final class Script: Sendable {
    private let answers: [StubServer.Handler]
    private let next = Mutex(0)

    init(_ answers: StubServer.Handler...) { self.answers = answers }

    var handler: StubServer.Handler {
        { request, writer in
            let index = self.next.withLock { next in
                defer { next += 1 }
                return min(next, self.answers.count - 1)
            }
            try await self.answers[index](request, writer)
        }
    }
}

/// The whole of a log.
func text(of log: AsyncThrowingStream<LogChunk, any Error>) async throws -> String {
    var bytes: [UInt8] = []
    for try await chunk in log {
        guard chunk.offset == bytes.count else {
            throw Failure(.internal, "A chunk of offset \(chunk.offset) came after \(bytes.count) bytes")
        }
        bytes += chunk.bytes
    }
    return String(decoding: bytes, as: UTF8.self)
}
