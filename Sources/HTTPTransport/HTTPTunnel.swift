import NIOCore
import NIOHTTP1
import NIOPosix

/// A connection that has left HTTP behind: both sides write what they like, until one of them closes it.
public struct HTTPTunnel: Sendable {
    /// The answer to the request that opened it: 101 where it is open.
    public var head: HTTPHead
    /// What the other side writes, read only as fast as it is taken. One reader.
    public var chunks: AsyncThrowingStream<[UInt8], any Error>
    fileprivate var writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
    fileprivate var lifeline: Lifeline

    /// Writes, and waits for room where the other side doesn't read.
    public func write(_ bytes: [UInt8]) async throws {
        do {
            try await writer.write(ByteBuffer(bytes: bytes))
        } catch {
            throw HTTPTransportError.talking(error)
        }
    }

    /// Says that no more will be written; the other side may go on.
    public func finishWriting() { writer.finish() }
}

extension HTTPClient {
    /// Sends a request that asks the server to leave HTTP, and waits for the answer's head at most `timeout`. Dropping what
    /// is returned closes the connection. Not over TLS: throws `.malformed` there.
    public func tunnel(_ request: HTTPRequest, timeout: Duration = .seconds(60)) async throws -> HTTPTunnel {
        let opening = try request.opening(host: endpoint.authority)
        let (events, event) = AsyncThrowingStream.makeStream(of: TunnelEvent.self)
        let (demands, demand) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            do {
                let connection = try await HTTPConnector(endpoint: endpoint, timeout: timeout).connectRaw()
                let deadline = NIODeadline.now() + TimeAmount(timeout)
                let watchdog = Watchdog(closing: connection.channel, at: deadline)
                defer { watchdog.stop() }
                try await connection.executeThenClose { inbound, outbound in
                    try await outbound.write(ByteBuffer(bytes: opening))
                    var input = inbound.makeAsyncIterator()
                    var reader = HeadReader()
                    while reader.head == nil {
                        guard let buffer = try await input.next() else {
                            throw watchdog.hasFired ? HTTPTransportError.timedOut : .closed
                        }
                        try reader.add(Array(buffer.readableBytesView))
                    }
                    watchdog.stop()
                    guard let head = reader.head else { return }
                    event.yield(.open(head, outbound))
                    for await _ in demands {
                        if !reader.rest.isEmpty {
                            event.yield(.bytes(reader.rest))
                            reader.rest = []
                        } else if let buffer = try await input.next() {
                            event.yield(.bytes(Array(buffer.readableBytesView)))
                        } else {
                            break
                        }
                    }
                }
                event.finish()
            } catch {
                event.finish(throwing: HTTPTransportError.talking(error))
            }
        }
        event.onTermination = { _ in task.cancel() }
        let lifeline = Lifeline(task)
        for try await case .open(let head, let writer) in events {
            let chunks = AsyncThrowingStream<[UInt8], any Error> {
                withExtendedLifetime(lifeline) { _ = demand.yield() }
                for try await case .bytes(let bytes) in events { return bytes }
                try Task.checkCancellation()
                return nil
            }
            return HTTPTunnel(head: head, chunks: chunks, writer: writer, lifeline: lifeline)
        }
        throw CancellationError()
    }
}

private enum TunnelEvent: Sendable {
    case open(HTTPHead, NIOAsyncChannelOutboundWriter<ByteBuffer>)
    case bytes([UInt8])
}

/// Finds the end of an answer's head, and keeps what was read beyond it.
struct HeadReader {
    private static let longest = 64 << 10
    private static let end: [UInt8] = [13, 10, 13, 10]

    private(set) var head: HTTPHead?
    /// Bytes behind the head.
    var rest: [UInt8] = []

    /// Throws `.malformed` for what is no head.
    mutating func add(_ bytes: [UInt8]) throws(HTTPTransportError) {
        rest += bytes
        guard head == nil else { return }
        guard let end = rest.indices.dropLast(3).first(where: { Array(rest[$0..<$0 + 4]) == Self.end }) else {
            guard rest.count < Self.longest else { throw .malformed }
            return
        }
        let lines = String(decoding: rest[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { throw .malformed }
        let headers = lines.dropFirst().map { line -> (String, String) in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (String(line[..<colon]), line[colon...].dropFirst().drop { $0 == " " }.description)
        }
        head = HTTPHead(status: status, headers: headers)
        rest.removeFirst(end + 4)
    }
}

extension HTTPRequest {
    /// The whole request with its body, as it goes over the wire.
    fileprivate func opening(host: String) throws -> [UInt8] {
        guard case .head(let head)? = try parts(host: host).first else { throw HTTPTransportError.malformed }
        var headers = head.headers
        headers.replaceOrAdd(name: "Connection", value: "Upgrade")
        headers.replaceOrAdd(name: "Upgrade", value: "tcp")
        let lines = ["\(method) \(path) HTTP/1.1"] + headers.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? [])
    }
}

extension HTTPConnector {
    /// A connection on which nobody speaks HTTP yet; either side may end its half of it.
    fileprivate func connectRaw() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(timeout ?? .seconds(10)))
            .channelOption(.allowRemoteHalfClosure, value: true)
        let wrap: @Sendable (any Channel) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> = { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            }
        }
        do {
            switch endpoint {
            case .unixSocket(let path):
                return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: wrap)
            case .tcp(let host, let port):
                return try await bootstrap.connect(host: host, port: port, channelInitializer: wrap)
            case .tls: throw HTTPTransportError.malformed
            }
        } catch {
            throw HTTPTransportError.connecting(error)
        }
    }
}
