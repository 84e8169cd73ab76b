import Model
import Synchronization

/// Counts the streams that each caller has open.
final class StreamSeats: Sendable {
    private let taken = Mutex<[String: Int]>([:])
    private let most: Int

    init(most: Int) { self.most = most }

    /// One more stream of that caller, for as long as what is returned lives. Throws `.tooMany`.
    func take(_ key: String) throws(Failure) -> Seat {
        let isTaken = taken.withLock { taken in
            guard taken[key, default: 0] < most else { return false }
            taken[key, default: 0] += 1
            return true
        }
        guard isTaken else {
            throw Failure(.tooMany, "\(most) streams are open already", hint: "Close some of them.")
        }
        return Seat(seats: self, key: key)
    }

    /// How many are open.
    func count(_ key: String) -> Int { taken.withLock { $0[key] ?? 0 } }

    private func give(_ key: String) {
        taken.withLock { taken in
            let left = taken[key, default: 0] - 1
            taken[key] = left > 0 ? left : nil
        }
    }

    /// A place that is given back when nobody holds it any more: also where the answer is never written.
    final class Seat: Sendable {
        private let seats: StreamSeats
        private let key: String

        init(seats: StreamSeats, key: String) { (self.seats, self.key) = (seats, key) }

        deinit { seats.give(key) }
    }
}
