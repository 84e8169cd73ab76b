import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection after the request that asked for it with `Connection: close`, once all of it has come, and after
/// one that can't be read.
///
/// The server below would leave the rest of such a request unread, and then wait for ever for the end of a connection
/// that it doesn't read any more.
final class ClosingHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// So long one who sent what can't be read has to take the answer.
    private static let lastMoment = TimeAmount.seconds(1)

    private var isLast = false
    private var isBroken = false
    private var hasCome = false
    private var isAnswered = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(var head):
            // After the last one nothing is taken.
            guard !isLast else { return }
            isLast = head.headerFields[.connection]?.lowercased() == "close"
            head.headerFields[.connection] = nil
            (hasCome, isAnswered) = (false, false)
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body:
            guard !(isLast && hasCome) else { return }
            context.fireChannelRead(data)
        case .end:
            guard !(isLast && hasCome) else { return }
            hasCome = true
            context.fireChannelRead(data)
            closeIfDone(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isBroken = true
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where isLast && head.status.kind != .informational:
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head, .body: context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            isAnswered = true
            if isBroken {
                context.flush()
                let channel = context.channel
                context.eventLoop.scheduleTask(in: Self.lastMoment) { channel.close(promise: nil) }
            } else if isLast, hasCome {
                context.flush()
                closeIfDone(context)
            }
        }
    }

    private func closeIfDone(_ context: ChannelHandlerContext) {
        if isLast, hasCome, isAnswered { context.close(promise: nil) }
    }
}
