import HTTPTypes
import Model
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Watches over one connection: there are not too many of them, its requests come in time and with heads of a bearable
/// size, and what it is sent is taken.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: RequestLimits
    private let counter: ConnectionCounter
    private let trusted: [AddressRange]
    private var clock: RequestClock
    private var isAnswering = false
    private var isOver = false
    private var timer: Scheduled<Void>?
    private var writeTimer: Scheduled<Void>?

    init(limits: RequestLimits, counter: ConnectionCounter, trusted: [AddressRange]) {
        self.limits = limits
        self.counter = counter
        self.trusted = trusted
        clock = RequestClock(limits, now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        begin(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        writeTimer?.cancel()
        context.fireChannelInactive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        var address = context.channel.remoteAddress?.ipAddress
        if let peer = address.flatMap({ IPAddress($0) }), trusted.contains(where: { $0.contains(peer) }) {
            address = nil
        }
        let (counter, counted) = (counter, address)
        context.channel.closeFuture.whenComplete { _ in counter.leave(counted) }
        switch counter.enter(address) {
        case .welcome: schedule(context)
        case .tooMany:
            refuse(Failure(.unavailable, "The server has as many connections as it can bear"), context: context)
        case .tooManyFromAddress:
            refuse(
                Failure(.tooMany, "There are \(limits.connectionsPerAddress) connections from your address already"),
                context: context)
        }
    }

    // MARK: Requests and answers

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): clock.head(path: head.path ?? "", now: .now())
        case .body: clock.piece(now: .now())
        case .end: clock.end()
        }
        schedule(context)
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // What is being said is the last word.
        guard !isOver else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head): isAnswering = head.status.kind != .informational
        case .body: break
        case .end:
            isAnswering = false
            clock.answered(now: .now())
            schedule(context)
        }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isOver, !isAnswering, let error = error as? HTTPParserError, error == .headerOverflow else {
            return context.fireErrorCaught(error)
        }
        refuse(
            Failure(
                .tooLarge, "The head of the request is too large",
                hint: "At most \(limits.headerCount) fields of \(limits.headerField) bytes each are taken."),
            status: .requestHeaderFieldsTooLarge, context: context)
    }

    // MARK: Time

    private func schedule(_ context: ChannelHandlerContext) {
        // A timer that runs looks for itself whether its time has moved.
        guard timer == nil, !isOver, let deadline = clock.deadline else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.timer = nil
            guard let deadline = self.clock.deadline else { return }
            guard deadline <= .now() else { return self.schedule(context) }
            self.timeOver(context)
        }
    }

    private func timeOver(_ context: ChannelHandlerContext) {
        // Who has said nothing since the last answer is not told either.
        guard !isAnswering, clock.isReading || !clock.hasAsked else { return close(context) }
        refuse(
            Failure(.usage, "The request took too long to arrive"), status: .requestTimeout, context: context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        context.fireChannelWritabilityChanged()
        writeTimer?.cancel()
        writeTimer = nil
        guard !context.channel.isWritable else { return }
        writeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.writeTime)) {
            self.close(context)
        }
    }

    // MARK: The end

    private func close(_ context: ChannelHandlerContext) {
        isOver = true
        context.close(promise: nil)
    }

    /// Says why, and closes.
    private func refuse(_ failure: Failure, status: HTTPResponse.Status? = nil, context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        let (head, body) = Problem.answer(failure, status: status)
        var fields = head.headerFields
        fields[.connection] = "close"
        fields[.contentLength] = "\(body.readableBytes)"
        fields[.xContentTypeOptions] = "nosniff"
        if [408, 429, 503].contains(head.status.code) { fields[.retryAfter] = "60" }
        let channel = context.channel
        context.write(wrapOutboundOut(.head(HTTPResponse(status: head.status, headerFields: fields))), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
