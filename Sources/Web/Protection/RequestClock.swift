import NIOCore

/// Until when a connection must have done what comes next: sent a request's head, or its body. While an answer is being
/// made there is no such time.
struct RequestClock {
    private let limits: RequestLimits
    private var open = 0
    private var isGit = false
    private(set) var isReading = false
    private(set) var hasAsked = false
    /// Nil while the client owes nothing.
    private(set) var deadline: NIODeadline?

    init(_ limits: RequestLimits, now: NIODeadline) {
        self.limits = limits
        deadline = now + TimeAmount(limits.headTime)
    }

    mutating func head(path: String, now: NIODeadline) {
        open += 1
        (hasAsked, isReading, isGit) = (true, true, path.hasPrefix("/git/"))
        deadline = now + TimeAmount(isGit ? limits.gitBodyTime : limits.bodyTime)
    }

    /// A piece of the body gives more time to git alone: what is short is sent at once.
    mutating func piece(now: NIODeadline) {
        if isGit { deadline = now + TimeAmount(limits.gitBodyTime) }
    }

    mutating func end() { (isReading, deadline) = (false, nil) }

    mutating func answered(now: NIODeadline) {
        open -= 1
        if open == 0, !isReading { deadline = now + TimeAmount(limits.keepAlive) }
    }
}
