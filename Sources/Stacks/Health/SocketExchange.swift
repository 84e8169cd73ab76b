import HTTPTransport
import Model
import NIOCore
import NIOPosix

/// One question and one answer over a socket, as bytes: what health probes and the edge's admin socket need.
struct SocketExchange: Sendable {
    let endpoint: HTTPEndpoint

    /// Connects, and closes.
    func connect(timeout: Duration) async throws {
        _ = try await exchange("", timeout: timeout) { _ in true }
    }

    /// Sends `text` and reads until `isComplete` says so, or the other side closes. Throws `.timedOut` after `timeout`
    /// and `.unavailable` where nobody listens.
    func exchange(
        _ text: String, timeout: Duration, until isComplete: @escaping @Sendable (String) -> Bool = { _ in false }
    ) async throws -> String {
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { try await converse(text, timeout, isComplete) }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw Failure(.timedOut, "no answer within \(timeout.milliseconds) ms")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? ""
        }
    }

    private func converse(
        _ text: String, _ timeout: Duration, _ isComplete: @Sendable (String) -> Bool
    ) async throws -> String {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.milliseconds(Int64(timeout.milliseconds)))
        let wrap: @Sendable (any Channel) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> = { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            switch endpoint {
            case .unixSocket(let path):
                channel = try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: wrap)
            case .tcp(let host, let port):
                // An address needs no resolver, which takes longer than the connection.
                if let address = try? SocketAddress(ipAddress: host, port: port) {
                    channel = try await bootstrap.connect(to: address, channelInitializer: wrap)
                } else {
                    channel = try await bootstrap.connect(host: host, port: port, channelInitializer: wrap)
                }
            case .tls:
                throw Failure(.internal, "\(endpoint) speaks TLS, and a probe doesn't")
            }
        } catch let failure as Failure {
            throw failure
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw Failure(.unavailable, "\(endpoint) can't be reached", cause: Self.reason(error))
        }
        do {
            return try await channel.executeThenClose { inbound, outbound in
                if isComplete("") { return "" }
                try await outbound.write(ByteBuffer(string: text))
                var answer = ""
                for try await chunk in inbound {
                    answer += String(buffer: chunk)
                    if isComplete(answer) { break }
                }
                return answer
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw Failure(.unavailable, "\(endpoint) cut the connection", cause: Self.reason(error))
        }
    }

    /// `connection refused` rather than the names of NIO's types.
    private static func reason(_ error: any Error) -> String {
        if let error = error as? IOError { return Self.words(of: error.errnoCode) }
        if let error = error as? NIOConnectionError {
            if let last = error.connectionErrors.last?.error { return reason(last) }
            return "the name \(error.host) can't be resolved"
        }
        if let error = error as? ChannelError, case .connectTimeout = error { return "no answer" }
        return "\(error)"
    }

    private static func words(of code: CInt) -> String {
        switch code {
        case 111: "connection refused"
        case 113: "no route to host"
        case 2: "no such socket"
        case 32, 104: "the connection was cut"
        default: "error \(code)"
        }
    }
}

extension Duration {
    var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
