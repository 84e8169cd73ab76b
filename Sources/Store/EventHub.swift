import Synchronization

/// Tells everyone who follows that there may be something new; what it is, they read from the database.
public final class EventHub: Sendable {
    private struct State {
        var next = 0
        var followers: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let state = Mutex(State())

    init() {}

    /// Yields after every committed write; several writes in a row may be told as one.
    public func wakeups() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let key = state.withLock { state in
            state.next += 1
            state.followers[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.followers.removeValue(forKey: key) }
        }
        return stream
    }

    /// Wakes every follower.
    public func wake() {
        for follower in state.withLock({ Array($0.followers.values) }) { follower.yield() }
    }
}
