public import Model

/// Something that must never be.
public struct Violation: Sendable, Hashable, CustomStringConvertible {
    /// Milliseconds since the world began.
    public var time: Int
    /// `I1`, `end`, …
    public var rule: String
    public var text: String

    public var description: String { "\(rule) at \(Double(time) / 1000) s: \(text)" }
}

/// What one seed came to.
public struct Outcome: Sendable {
    public var seed: Int
    public var violations: [Violation] = []
    /// Decisions carried out or waited on.
    public var turns = 0
    /// Calls of the engine, the edge and the database.
    public var calls = 0
    /// Simulated requests.
    public var requests = 0
    /// Calls of a service that looked another's name up.
    public var callsByName = 0
    /// Containers that ran with sidekicks beside them.
    public var units = 0
    public var faults: [FaultKind: Int] = [:]
    public var ends: [Rollout.State: Int] = [:]
    public var trace: Trace

    init(seed: Int, trace: Trace) {
        self.seed = seed
        self.trace = trace
    }
}
