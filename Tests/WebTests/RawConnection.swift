import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A TCP connection on which a test says what no client would.
struct RawConnection {
    let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Lends out a connection on which `text` has been sent.
    static func open<R: Sendable>(
        port: Int, _ text: String, _ body: (inout Reader) async throws -> R
    ) async throws -> R {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let result = Mutex<R?>(nil)
        do {
            try await channel.executeThenClose { inbound, outbound in
                // A server that has had enough closes at any moment.
                try? await outbound.write(ByteBuffer(string: text))
                var reader = Reader(inbound: inbound.makeAsyncIterator())
                let value = try await body(&reader)
                result.withLock { $0 = value }
            }
        } catch {
            guard result.withLock({ $0 }) != nil else { throw error }
        }
        return try #require(result.withLock { $0 })
    }

    /// What the server says.
    struct Reader {
        var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        private(set) var text = ""

        init(inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) { self.inbound = inbound }

        /// All until the server closes.
        mutating func toEnd() async -> String {
            while let buffer = try? await inbound.next(isolation: #isolation) { text += String(buffer: buffer) }
            return text
        }

        /// Until it holds those words.
        mutating func until(_ words: String) async -> String {
            while !text.contains(words), let buffer = try? await inbound.next(isolation: #isolation) {
                text += String(buffer: buffer)
            }
            return text
        }
    }
}
