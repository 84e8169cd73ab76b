import struct Foundation.Date
import Synchronization

/// Counts sign-ins that failed: after five for an account, or twenty from an address, they must wait until a minute has
/// passed since the first of those.
///
/// An attempt counts from its beginning, so that many at once are no way around it; one that succeeds is taken back.
/// Through a provider no account is named, and only the address counts.
final class SignInAttempts: Sendable {
    private let times = Mutex<[String: [Date]]>([:])

    private static let window = 60.0
    private static let perAccount = 5
    private static let perAddress = 20
    private static let startsPerAddress = 60
    private static let mostNames = 10_000

    /// Whether it may be tried; counts it when so.
    func begin(account: String?, address: String, at now: Date) -> Bool {
        count(Self.limits(account, address), at: now)
    }

    /// Whether an address may begin another sign-in through a provider; counts it when so. It says nothing of whether it
    /// will succeed, so there may be more of them.
    func mayStart(address: String, at now: Date) -> Bool {
        count([("start \(address)", Self.startsPerAddress)], at: now)
    }

    private func count(_ limits: [(name: String, limit: Int)], at now: Date) -> Bool {
        times.withLock { times in
            for (name, limit) in limits {
                let recent = (times[name] ?? []).filter { now.timeIntervalSince($0) < Self.window }
                times[name] = recent.isEmpty ? nil : recent
                guard recent.count < limit else { return false }
            }
            // Names that nobody has must not fill the memory.
            if times.count > Self.mostNames {
                times = times.filter { $0.value.contains { now.timeIntervalSince($0) < Self.window } }
                if times.count > Self.mostNames { times.removeAll() }
            }
            for (name, _) in limits { times[name, default: []].append(now) }
            return true
        }
    }

    /// Forgets the failures of the account, and that its address tried at `now`.
    func succeeded(account: String?, address: String, at now: Date) {
        times.withLock { times in
            if let account { times["account \(account)"] = nil }
            let name = "address \(address)"
            if let index = times[name]?.firstIndex(of: now) { times[name]?.remove(at: index) }
        }
    }

    private static func limits(_ account: String?, _ address: String) -> [(name: String, limit: Int)] {
        (account.map { [("account \($0)", perAccount)] } ?? []) + [("address \(address)", perAddress)]
    }
}
