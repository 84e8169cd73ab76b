import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Opens connections.
struct HTTPConnector: Sendable {
    typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    var endpoint: HTTPEndpoint
    var timeout: Duration?

    /// Connects; a cancelled task returns at once, and a connection that comes too late is closed.
    func connect() async throws -> Connection {
        let (arrivals, arrival) = AsyncThrowingStream.makeStream(of: Connection.self)
        Task {
            do {
                let connection = try await open()
                guard case .terminated = arrival.yield(connection) else { return arrival.finish() }
                try await connection.executeThenClose { _, _ in }
            } catch {
                arrival.finish(throwing: HTTPTransportError.connecting(error))
            }
        }
        for try await connection in arrivals { return connection }
        throw CancellationError()
    }

    private func open() async throws -> Connection {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(timeout ?? .seconds(10)))
        switch endpoint {
        case .unixSocket(let path):
            return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: Self.wrap)
        case .tcp(let host, let port):
            return try await bootstrap.connect(host: host, port: port, channelInitializer: Self.wrap)
        case .tls(let host, let port, let authorities):
            let context = try TLSTrust.context(authorities: authorities)
            return try await bootstrap.connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TLSTrust.handler(context, host: host))
                }.flatMap { Self.wrap(channel) }
            }
        }
    }

    @Sendable private static func wrap(_ channel: any Channel) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            return try Connection(wrappingChannelSynchronously: channel)
        }
    }
}
