import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on a real socket that records what it is asked and answers byte by byte what a test says.
public final class StubServer: Sendable {
    /// Answers one request; the connection closes when it returns.
    public typealias Handler = @Sendable (StubRequest, StubWriter) async throws -> Void

    /// Where to listen.
    public enum Address: Sendable {
        case unixSocket(String)
        /// On a free port.
        case tcp(host: String)
    }

    private let recorded = Mutex<[StubRequest]>([])
    private let channel: any Channel

    private init(channel: any Channel) {
        self.channel = channel
    }

    /// The requests so far.
    public var requests: [StubRequest] { recorded.withLock { $0 } }

    /// The port, on TCP.
    public var port: Int { channel.localAddress?.port ?? 0 }

    /// A path for a socket that no other test uses; short, as a socket's path may have 107 bytes.
    public static func freshSocketPath() -> String {
        "/tmp/stub-\(UInt64.random(in: 0...UInt64.max)).sock"
    }

    /// Listens while `body` runs.
    public static func run<R: Sendable>(
        at address: Address, handler: @escaping Handler, _ body: (StubServer) async throws -> R
    ) async throws -> R {
        typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, ByteBuffer>
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
        let wrap = { @Sendable (channel: any Channel) in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                return try Connection(wrappingChannelSynchronously: channel)
            }
        }
        let listener: NIOAsyncChannel<Connection, Never>
        switch address {
        case .unixSocket(let path):
            listener = try await bootstrap.bind(
                unixDomainSocketPath: path, cleanupExistingSocketFile: true, childChannelInitializer: wrap)
        case .tcp(let host): listener = try await bootstrap.bind(host: host, port: 0, childChannelInitializer: wrap)
        }
        defer { if case .unixSocket(let path) = address { try? FileManager.default.removeItem(atPath: path) } }
        let server = StubServer(channel: listener.channel)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await listener.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { try? await server.serve(connection, handler) }
                        }
                        group.cancelAll()
                    }
                }
            }
            defer { group.cancelAll() }
            return try await body(server)
        }
    }

    private func serve(
        _ connection: NIOAsyncChannel<HTTPServerRequestPart, ByteBuffer>, _ handler: Handler
    ) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var request = StubRequest()
            for try await part in inbound {
                switch part {
                case .head(let head):
                    request.method = head.method.rawValue
                    request.path = head.uri
                    request.headers = head.headers.map { ($0.name, $0.value) }
                case .body(let buffer): request.body += buffer.readableBytesView
                case .end:
                    recorded.withLock { [request] in $0.append(request) }
                    try await handler(request, StubWriter(outbound: outbound))
                    // Closing throws away what isn't written yet: wait for an empty write behind all others.
                    return try await connection.channel.writeAndFlush(ByteBuffer()).get()
                }
            }
        }
    }
}
