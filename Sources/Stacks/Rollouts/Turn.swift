package import struct Foundation.Date

/// What one turn at a service's rollouts came to.
package enum Turn: Hashable, Sendable {
    /// No rollout is left.
    case rests
    /// Something was done: the next turn may follow at once.
    case acted
    /// Nothing is to be done before something changes or the time has come. Blind: nothing could be seen.
    case waits(until: Date?, isBlind: Bool)
    /// Something failed that trying again may mend.
    case stumbled
}
