public import struct Foundation.Date
import Synchronization

/// A clock that only moves when it is told to, in milliseconds.
public final class WorldClock: Sendable {
    private let milliseconds = Mutex(0)

    public init() {}

    /// Milliseconds since the world began.
    public var time: Int { milliseconds.withLock { $0 } }

    /// The same as a date.
    public var now: Date { Self.date(time) }

    /// Moves it forward; it never goes back.
    public func move(to time: Int) { milliseconds.withLock { $0 = max($0, time) } }

    /// The date of a time.
    public static func date(_ time: Int) -> Date { Date(timeIntervalSince1970: 1_800_000_000 + Double(time) / 1000) }

    /// The time of a date, rounded up.
    public static func time(_ date: Date) -> Int {
        Int(((date.timeIntervalSince1970 - 1_800_000_000) * 1000).rounded(.up))
    }
}
