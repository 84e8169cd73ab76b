import Foundation
import Synchronization

/// A clock that a test moves.
final class StubClock: Sendable {
    private let time = Mutex(Date())

    var now: Date { time.withLock { $0 } }

    func pass(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
}
