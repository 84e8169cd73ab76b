import Delivery
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Pipeline
import ServiceLifecycle
import Store

/// Reads the log of a step, once or as it grows.
struct LogStream: Sendable {
    /// A log grows without an event: look this often.
    static let interval = Duration.milliseconds(150)
    private static let piece = 256 * 1024

    let services: WebServices
    let step: Step

    /// What a page shows of it: the end, or what stands before a byte that was asked for.
    func box(from: Int?, isFull: Bool = false) async throws -> LogBox {
        let path = StepList.path(step)
        let end = try await services.delivery.readLog(of: step, from: from ?? -LogBox.window, limit: LogBox.window)
        var start = end.next - end.bytes.count
        var bytes = end.bytes
        if start > 0, let feed = bytes.firstIndex(of: 10) {
            bytes = Array(bytes[(feed + 1)...])
            start += feed + 1
        }
        let fragment = LogFragment(bytes, from: LogCursor(offset: start), ended: end.ended)
        return LogBox(path: path, fragment: fragment, start: start, isComplete: end.ended, isFull: isFull)
    }

    /// Messages with whole lines and the line that is being written, from `cursor` (nil: the last part of the log)
    /// until the step has ended. The id of each is where a reader that comes back goes on.
    @concurrent func events(from cursor: LogCursor?, to writer: inout StreamWriter) async throws {
        var cursor = try await resolved(cursor)
        var seen = -1
        for await _ in services.store.events.pulses(every: Self.interval).cancelOnGracefulShutdown() {
            var chunk: LogChunk
            repeat {
                chunk = try await services.delivery.readLog(of: step, from: cursor.offset, limit: Self.piece)
                if chunk.next != seen || chunk.ended {
                    let fragment = LogFragment(chunk.bytes, from: cursor, ended: chunk.ended)
                    if !chunk.bytes.isEmpty {
                        try await writer.send(
                            ServerEvent(id: "\(fragment.next)", event: "log", data: fragment.html.text))
                    }
                    cursor = fragment.next
                    seen = chunk.next
                }
            } while chunk.bytes.count == Self.piece
            if chunk.ended {
                try await writer.send(ServerEvent(event: "end", data: "\(step.index)"))
                return
            }
            try await writer.keepAlive()
        }
    }

    /// The bytes as they are, from `offset` until the step has ended; returns the offset after the last one.
    @concurrent func bytes(from offset: Int, to writer: inout StreamWriter) async throws -> LogChunk {
        var chunk = LogChunk(bytes: [], next: max(0, offset), ended: false)
        for await _ in services.store.events.pulses(every: Self.interval).cancelOnGracefulShutdown() {
            repeat {
                chunk = try await services.delivery.readLog(of: step, from: chunk.next, limit: Self.piece)
                if !chunk.bytes.isEmpty { try await writer.write(ByteBuffer(bytes: chunk.bytes)) }
            } while chunk.bytes.count == Self.piece
            if chunk.ended { break }
        }
        return chunk
    }

    /// The first piece from `offset` on, and whether it is all there will ever be.
    func firstPiece(from offset: Int) async throws -> (LogChunk, isOver: Bool) {
        let chunk = try await services.delivery.readLog(of: step, from: offset, limit: Self.piece)
        return (chunk, chunk.ended || step.state.isFinal)
    }

    /// All there is now from `offset` on, as one file; `isOver` means that nothing will be added.
    func file(from offset: Int = 0, isOver: Bool) async throws -> Response {
        let end = try await services.delivery.readLog(of: step, from: -1, limit: 1).next
        var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"]
        headers[.logOffset] = "\(max(end, offset))"
        headers[.logEnded] = "\(isOver)"
        if isOver { headers[.log] = "complete" }
        return Response(
            status: .ok, headers: headers,
            body: .init { writer in
                var offset = offset
                while offset < end {
                    let limit = min(Self.piece, end - offset)
                    let chunk = try await services.delivery.readLog(of: step, from: offset, limit: limit)
                    guard !chunk.bytes.isEmpty else { break }
                    try await writer.write(ByteBuffer(bytes: chunk.bytes))
                    offset = chunk.next
                }
                try await writer.finish(nil)
            })
    }

    private func resolved(_ cursor: LogCursor?) async throws -> LogCursor {
        if let cursor { return cursor }
        return LogCursor(offset: try await box(from: nil).start)
    }
}
