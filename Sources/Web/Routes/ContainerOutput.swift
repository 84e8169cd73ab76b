import Hummingbird
import Model
import ServiceLifecycle

extension Response {
    /// Output as it comes: the last lines again and then what is added. `reset` tells the reader to begin anew, so that
    /// a reader that comes back has no double.
    static func following(
        _ chunks: AsyncThrowingStream<[UInt8], any Error>, _ request: Request, _ context: WebContext
    ) throws -> Response {
        try .stream("text/event-stream", of: request, context) { writer in
            try await writer.send(ServerEvent(event: "reset", data: ""))
            var cursor = LogCursor(offset: 0)
            var rest: [UInt8] = []
            for try await chunk in chunks.cancelOnGracefulShutdown() {
                rest += chunk
                let fragment = LogFragment(rest, from: cursor, ended: false)
                rest.removeFirst(fragment.next.offset - cursor.offset)
                cursor = fragment.next
                try await writer.send(ServerEvent(event: "log", data: fragment.html.text))
            }
            try await writer.send(ServerEvent(event: "end", data: ""))
            return nil
        }
    }
}
