import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on a real socket that records what it is asked and answers byte by byte what a test says.
public final class StubServer: Sendable {
    /// Answers one request; the connection closes when it returns. Cancelled when the client goes away.
    public typealias Handler = @Sendable (StubRequest, StubWriter) async throws -> Void

    /// Where to listen.
    public enum Address: Sendable {
        case unixSocket(String)
        /// On a free port.
        case tcp(host: String)
    }

    private struct State {
        var requests: [StubRequest] = []
        var connections: [ObjectIdentifier: any Channel] = [:]
        var port = 0
    }

    private let state = Mutex(State())
    private let handler: Handler

    private init(handler: @escaping Handler) {
        self.handler = handler
    }

    /// The requests so far.
    public var requests: [StubRequest] { state.withLock { $0.requests } }

    /// The port, on TCP.
    public var port: Int { state.withLock { $0.port } }

    /// A path for a socket that no other test uses; short, as a socket's path may have 107 bytes.
    public static func freshSocketPath() -> String {
        "/tmp/stub-\(UInt64.random(in: 0...UInt64.max)).sock"
    }

    /// Listens while `body` runs.
    public static func run<R: Sendable>(
        at address: Address, handler: @escaping Handler, _ body: (StubServer) async throws -> R
    ) async throws -> R {
        let server = StubServer(handler: handler)
        let listener = try await server.listen(at: address)
        do {
            let result = try await body(server)
            try await server.close(listener)
            return result
        } catch {
            try? await server.close(listener)
            throw error
        }
    }

    private func listen(at address: Address) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    try channel.pipeline.syncOperations.addHandler(Connection(answer: answer))
                    open(channel)
                }
            }
        let listener: any Channel
        switch address {
        case .unixSocket(let path):
            listener = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        case .tcp(let host): listener = try await bootstrap.bind(host: host, port: 0).get()
        }
        state.withLock { $0.port = listener.localAddress?.port ?? 0 }
        return listener
    }

    private func close(_ listener: any Channel) async throws {
        if let path = listener.localAddress?.pathname { try? FileManager.default.removeItem(atPath: path) }
        try await listener.close()
        for connection in state.withLock({ Array($0.connections.values) }) { try? await connection.close() }
    }

    private func open(_ channel: any Channel) {
        let key = ObjectIdentifier(channel)
        state.withLock { $0.connections[key] = channel }
        channel.closeFuture.whenComplete { [self] _ in
            _ = state.withLock { $0.connections.removeValue(forKey: key) }
        }
    }

    private func answer(_ request: StubRequest, on channel: any Channel) -> Task<Void, Never> {
        state.withLock { $0.requests.append(request) }
        return Task {
            try? await handler(request, StubWriter(channel: channel))
            try? await channel.close()
        }
    }
}

/// Gathers the one request of a connection and has it answered.
private final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let answer: (StubRequest, any Channel) -> Task<Void, Never>
    private var request = StubRequest()
    private var task: Task<Void, Never>?

    init(answer: @escaping (StubRequest, any Channel) -> Task<Void, Never>) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            request.method = head.method.rawValue
            request.path = head.uri
            request.headers = head.headers.map { ($0.name, $0.value) }
        case .body(let buffer): request.body += buffer.readableBytesView
        case .end: task = answer(request, context.channel)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        task?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
