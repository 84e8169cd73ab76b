/// An answer that outlives the call which asked for it.
public struct HTTPStream: Sendable {
    public var head: HTTPHead
    /// The body, read from the connection only as fast as it is taken; dropping it closes the connection.
    public var chunks: AsyncThrowingStream<[UInt8], any Error>
}

extension HTTPClient {
    /// Sends a request, waits for the head at most `timeout`, and hands out the body as a stream of its own.
    ///
    /// One reader only, as for every `AsyncThrowingStream`. Prefer ``withResponse(_:timeout:_:)`` where the reader can
    /// stay inside.
    public func stream(_ request: HTTPRequest, timeout: Duration? = nil) async throws -> HTTPStream {
        let (parts, part) = AsyncThrowingStream.makeStream(of: Part.self)
        let (demands, demand) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            do {
                try await withResponse(request, timeout: timeout) { head, body in
                    part.yield(.head(head))
                    for await _ in demands {
                        guard let bytes = try await body.next() else { return }
                        part.yield(.bytes(bytes))
                    }
                }
                part.finish()
            } catch {
                part.finish(throwing: error)
            }
        }
        part.onTermination = { _ in task.cancel() }
        let lifeline = Lifeline(task)
        for try await case .head(let head) in parts {
            let chunks = AsyncThrowingStream<[UInt8], any Error> {
                withExtendedLifetime(lifeline) { _ = demand.yield() }
                for try await case .bytes(let bytes) in parts { return bytes }
                try Task.checkCancellation()
                return nil
            }
            return HTTPStream(head: head, chunks: chunks)
        }
        throw CancellationError()
    }

    private enum Part: Sendable {
        case head(HTTPHead)
        case bytes([UInt8])
    }
}

/// Cancels a task when nobody holds it any more.
final class Lifeline: Sendable {
    private let task: Task<Void, Never>

    init(_ task: Task<Void, Never>) { self.task = task }

    deinit { task.cancel() }
}
