import struct Foundation.Date
import Synchronization

/// Counts wrong passwords: five in a row, and the account must wait a minute.
final class SignInAttempts: Sendable {
    private let failures = Mutex<[String: [Date]]>([:])

    private static let limit = 5
    private static let window = 60.0

    func mayTry(_ account: String, at now: Date) -> Bool {
        failures.withLock { failures in
            (failures[account] ?? []).filter { now.timeIntervalSince($0) < Self.window }.count < Self.limit
        }
    }

    func failed(_ account: String, at now: Date) {
        failures.withLock { failures in
            // Names that nobody has must not fill the memory.
            if failures.count > 10_000 { failures.removeAll() }
            failures[account] = (failures[account] ?? []).suffix(Self.limit - 1) + [now]
        }
    }

    func succeeded(_ account: String) {
        _ = failures.withLock { $0.removeValue(forKey: account) }
    }
}
