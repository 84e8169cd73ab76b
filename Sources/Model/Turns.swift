import Synchronization

/// Lets one caller at a time through at each place, in the order in which they came; others wait.
///
/// An actor alone is no lock: between two of its awaits another call may come in.
public final class Turns<Place: Hashable & Sendable>: Sendable {
    /// Those who wait, by what they wait for; none where it is free.
    private let waiting = Mutex<[Place: [CheckedContinuation<Void, Never>]]>([:])

    public init() {}

    /// Runs `body` while nobody else runs one at that place. A caller that is cancelled keeps its turn, and finds out in
    /// `body`.
    public func alone<R>(
        at place: Place, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
    ) async rethrows -> R {
        await withCheckedContinuation(isolation: isolation) { caller in
            let isFree = waiting.withLock { waiting in
                guard waiting[place] != nil else {
                    waiting[place] = []
                    return true
                }
                waiting[place]?.append(caller)
                return false
            }
            if isFree { caller.resume() }
        }
        defer { leave(place) }
        return try await body()
    }

    private func leave(_ place: Place) {
        let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard waiting[place]?.isEmpty == false else {
                waiting[place] = nil
                return nil
            }
            return waiting[place]?.removeFirst()
        }
        next?.resume()
    }
}
