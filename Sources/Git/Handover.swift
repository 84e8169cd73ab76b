import Synchronization

/// Passes chunks from one task to another, one at a time: whoever produces waits for whoever consumes, so nothing
/// piles up in memory.
final class Handover: Sendable {
    private struct State {
        var chunk: [UInt8]?
        var producer: CheckedContinuation<Void, Never>?
        var consumer: CheckedContinuation<[UInt8]?, any Error>?
        var failure: (any Error)?
        var finished = false
        var abandoned = false
    }

    private let state = Mutex(State())

    /// Hands over a chunk; returns when it was taken. False when nobody wants any more.
    func send(_ chunk: [UInt8]) async -> Bool {
        guard !chunk.isEmpty else { return true }
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.abandoned {
                    continuation.resume()
                } else if let consumer = state.consumer {
                    state.consumer = nil
                    consumer.resume(returning: chunk)
                    continuation.resume()
                } else {
                    state.chunk = chunk
                    state.producer = continuation
                }
            }
        }
        return state.withLock { !$0.abandoned }
    }

    /// There is no more, or no more because of `failure`.
    func finish(throwing failure: (any Error)? = nil) {
        let consumer = state.withLock { state in
            state.finished = true
            state.failure = failure
            defer { state.consumer = nil }
            return state.consumer
        }
        if let failure { consumer?.resume(throwing: failure) } else { consumer?.resume(returning: nil) }
    }

    /// Takes the next chunk; nil at the end.
    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { state in
                    if let chunk = state.chunk {
                        state.chunk = nil
                        state.producer?.resume()
                        state.producer = nil
                        continuation.resume(returning: chunk)
                    } else if let failure = state.failure {
                        continuation.resume(throwing: failure)
                    } else if state.finished || state.abandoned {
                        continuation.resume(returning: nil)
                    } else {
                        state.consumer = continuation
                    }
                }
            }
        } onCancel: {
            abandon()
        }
    }

    /// Nobody consumes any more: what is sent from now on is dropped.
    func abandon() {
        state.withLock { state in
            state.abandoned = true
            state.chunk = nil
            state.producer?.resume()
            state.producer = nil
            state.consumer?.resume(throwing: CancellationError())
            state.consumer = nil
        }
    }
}
