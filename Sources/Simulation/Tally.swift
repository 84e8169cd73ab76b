public import Model

/// What many seeds came to.
public struct Tally: Sendable {
    public private(set) var seeds = 0
    public private(set) var turns = 0
    public private(set) var calls = 0
    public private(set) var requests = 0
    public private(set) var callsByName = 0
    public private(set) var units = 0
    public private(set) var faults: [FaultKind: Int] = [:]
    public private(set) var ends: [Rollout.State: Int] = [:]
    public private(set) var violations = 0
    /// Seeds with a violation, and the first of each.
    public private(set) var failed: [(seed: Int, violation: Violation)] = []

    public init() {}

    /// Adds one seed's.
    public mutating func add(_ outcome: Outcome) {
        seeds += 1
        turns += outcome.turns
        calls += outcome.calls
        requests += outcome.requests
        callsByName += outcome.callsByName
        units += outcome.units
        faults.merge(outcome.faults, uniquingKeysWith: +)
        ends.merge(outcome.ends, uniquingKeysWith: +)
        violations += outcome.violations.count
        if let first = outcome.violations.first { failed.append((outcome.seed, first)) }
    }

    /// The ends that a rollout may come to.
    public static let ends: [Rollout.State] = [.done, .rolledBack, .failed, .rollbackFailed, .cancelled]

    /// The summary, a line each.
    public func lines(seconds: Double) -> [String] {
        var lines = [
            "\(seeds) seeds, \(turns) steps, \(calls) calls, \(requests) requests, "
                + "\(callsByName) calls by name, \(units) units with sidekicks, \(faults[.serverDeath] ?? 0) server deaths, \(Int(seconds.rounded())) s",
            "ends: " + Self.ends.map { "\($0.rawValue) \(ends[$0] ?? 0)" }.joined(separator: ", "),
            "faults:",
        ]
        for kind in FaultKind.allCases where faults[kind] != nil {
            lines.append("  \(faults[kind] ?? 0) \(kind.rawValue)")
        }
        lines.append("\(violations) violations in \(failed.count) seeds")
        return lines
    }
}
