import Synchronization

/// Counts the open connections, in all and from each address.
final class ConnectionCounter: Sendable {
    /// Whether a connection may stay.
    enum Verdict: Hashable, Sendable { case welcome, tooMany, tooManyFromAddress }

    private struct Counts { var (all, byAddress): (Int, [String: Int]) = (0, [:]) }

    private let counts = Mutex(Counts())
    private let limits: RequestLimits

    init(_ limits: RequestLimits) { self.limits = limits }

    /// One more; it is counted whatever the verdict, until ``leave(_:)``. `address` is nil where connections from one
    /// address are many people's.
    func enter(_ address: String?) -> Verdict {
        counts.withLock { counts in
            counts.all += 1
            if let address { counts.byAddress[address, default: 0] += 1 }
            if let address, counts.byAddress[address, default: 0] > limits.connectionsPerAddress {
                return .tooManyFromAddress
            }
            return counts.all > limits.connections ? .tooMany : .welcome
        }
    }

    func leave(_ address: String?) {
        counts.withLock { counts in
            counts.all -= 1
            guard let address else { return }
            let left = counts.byAddress[address, default: 0] - 1
            counts.byAddress[address] = left > 0 ? left : nil
        }
    }
}
