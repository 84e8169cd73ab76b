import Synchronization

/// Lets loops sleep until something may have changed. A change between looking and sleeping is never missed: the
/// sleeper says up to which change it has looked.
final class Signal: Sendable {
    private struct State {
        var version = 0
        var next = 0
        var sleepers: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let state = Mutex(State())

    /// Number of changes so far.
    var version: Int { state.withLock { $0.version } }

    /// Wakes all.
    func fire() {
        let sleepers = state.withLock { state in
            state.version += 1
            defer { state.sleepers = [:] }
            return Array(state.sleepers.values)
        }
        for sleeper in sleepers { sleeper.finish() }
    }

    /// Returns at the first change after `version`, after `time`, or when cancelled.
    func wait(after version: Int, upTo time: Duration) async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let key: Int? = state.withLock { state in
            guard state.version == version else { return nil }
            state.next += 1
            state.sleepers[state.next] = continuation
            return state.next
        }
        guard let key else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in stream {} }
            group.addTask { try? await Task.sleep(for: time) }
            await group.next()
            group.cancelAll()
        }
        _ = state.withLock { $0.sleepers.removeValue(forKey: key) }
    }
}
