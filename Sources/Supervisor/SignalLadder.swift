import Glibc

/// INT (where it isn't skipped), then TERM, then KILL, with a grace between them. Decides; whoever owns it acts.
struct SignalLadder: Hashable, Sendable {
    /// One rung.
    struct Rung: Hashable, Sendable {
        var name: String
        var signal: Int32
    }

    private static let rungs = [
        Rung(name: "INT", signal: SIGINT), Rung(name: "TERM", signal: SIGTERM), Rung(name: "KILL", signal: SIGKILL),
    ]

    let grace: Duration
    /// Why the command must end; nil while it may run.
    private(set) var reason: SupervisedOutcome.Reason?
    private var why = ""
    private var next: Int
    private var isFirst = true
    private var dueAt: ContinuousClock.Instant?

    init(grace: Duration, skipsInterrupt: Bool = false) {
        self.grace = grace
        next = skipsInterrupt ? 1 : 0
    }

    /// When the next signal is due; nil when none is.
    var deadline: ContinuousClock.Instant? { dueAt }

    /// Begins, unless it has begun; the first reason stays, except that an abort always counts.
    mutating func begin(_ reason: SupervisedOutcome.Reason, because why: String, at now: ContinuousClock.Instant) {
        if self.reason == nil {
            self.why = why
            dueAt = now
        } else if reason != .aborted {
            return
        }
        self.reason = reason
    }

    /// The signal to send now and the line to log; nil when nothing is due.
    mutating func due(at now: ContinuousClock.Instant) -> (rung: Rung, note: String)? {
        guard let dueAt, dueAt <= now, next < Self.rungs.count else { return nil }
        let rung = Self.rungs[next]
        let note = isFirst ? why : "still running after \(grace.components.seconds) s"
        isFirst = false
        next += 1
        self.dueAt = next < Self.rungs.count ? now + grace : nil
        return (rung, "\(note): sending \(rung.name)")
    }
}
