import NIOCore
import NIOHTTP1

/// The body of an answer as it comes; lives as long as its connection, which is why it is only lent out `inout`.
public struct HTTPBody {
    /// An inbound stream makes one iterator only: a second one traps.
    var parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator
    let watchdog: Watchdog
    private var isComplete = false

    init(parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator, watchdog: Watchdog) {
        self.parts = parts
        self.watchdog = watchdog
    }

    /// The next bytes, nil after the last. Throws `.closed` when the connection ends before the body does.
    public mutating func next() async throws -> [UInt8]? {
        while !isComplete {
            switch try await part() {
            case .body(let buffer) where buffer.readableBytes > 0: return Array(buffer.readableBytesView)
            case .end: isComplete = true
            case .head, .body: continue
            }
        }
        return nil
    }

    /// All that is still to come.
    public mutating func collect() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let chunk = try await next() { bytes += chunk }
        return bytes
    }

    mutating func head() async throws -> HTTPHead {
        while true {
            guard case .head(let head) = try await part() else { continue }
            return HTTPHead(
                status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) })
        }
    }

    private mutating func part() async throws -> HTTPClientResponsePart {
        do {
            if let part = try await parts.next(isolation: #isolation) { return part }
        } catch {
            if watchdog.hasFired { throw HTTPTransportError.timedOut }
            throw HTTPTransportError.talking(error)
        }
        try Task.checkCancellation()
        throw watchdog.hasFired ? HTTPTransportError.timedOut : .closed
    }
}
