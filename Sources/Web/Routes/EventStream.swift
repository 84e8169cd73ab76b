import Access
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import ServiceLifecycle

/// A message of a `text/event-stream`.
struct ServerEvent: Sendable, Hashable {
    var id: String?
    var event: String?
    var data: String

    var text: String {
        var text = ""
        if let id { text += "id: \(id)\n" }
        if let event { text += "event: \(event)\n" }
        for line in data.split(separator: "\n", omittingEmptySubsequences: false) { text += "data: \(line)\n" }
        return text + "\n"
    }
}

/// Writes to a client that stays connected.
///
/// Now and then it asks again who that is: a session that ends, or a right that is taken back, ends the stream.
struct StreamWriter {
    private static let renewal = Duration.seconds(5)

    private var writer: any ResponseBodyWriter
    private var last = ContinuousClock.now
    private var renewed = ContinuousClock.now
    private let context: WebContext
    /// Who reads, as it stood a few seconds ago.
    private(set) var principal: Principal?

    init(_ writer: any ResponseBodyWriter, _ context: WebContext) {
        self.writer = writer
        self.context = context
        principal = context.principal
    }

    @concurrent mutating func send(_ event: ServerEvent) async throws {
        try await write(ByteBuffer(string: event.text))
    }

    @concurrent mutating func write(_ buffer: ByteBuffer) async throws {
        try await renew()
        try await writer.write(buffer)
        last = .now
    }

    /// Keeps proxies from closing a quiet connection.
    @concurrent mutating func keepAlive() async throws {
        try await renew()
        if last.duration(to: .now) > .seconds(15) { try await write(ByteBuffer(string: ": here\n\n")) }
    }

    /// Asks again who reads, where it is time to.
    @concurrent mutating func check() async throws { try await renew() }

    private mutating func renew() async throws {
        guard renewed.duration(to: .now) > Self.renewal else { return }
        guard let principal = try await context.renew() else {
            throw Failure(.forbidden, "\(context.actorName) may not read that any more")
        }
        (self.principal, renewed) = (principal, .now)
    }

    @concurrent consuming func finish(_ trailers: HTTPFields? = nil) async throws { try await writer.finish(trailers) }
}

extension Response {
    /// An answer that lasts until `body` returns, the client goes away or the server shuts down. `body` gives back the
    /// trailing headers. Throws `.tooMany` where the caller has as many open as one may.
    static func stream(
        _ type: String, of request: Request, _ context: WebContext,
        _ body: @escaping @Sendable @concurrent (inout StreamWriter) async throws -> HTTPFields?
    ) throws -> Response {
        let seat = try context.seats?.take(context.principal?.actor.key ?? context.address)
        return Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store", .buffering: "no"],
            body: .init { writer in
                defer { withExtendedLifetime(seat) {} }
                var stream = StreamWriter(writer, context)
                var trailers: HTTPFields?
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    trailers = try await body(&stream)
                }
                try await stream.finish(trailers)
            })
    }
}
