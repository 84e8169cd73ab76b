public import Model
public import struct Foundation.Date

/// What one probe found.
public struct ProbeResult: Hashable, Sendable, Codable {
    public var at: Date
    public var passed: Bool
    /// `HTTP 200 in 3 ms`, `connection refused`.
    public var text: String

    public init(at: Date, passed: Bool, text: String) {
        self.at = at
        self.passed = passed
        self.text = text
    }
}

/// What all probes of one run of a container came to.
public struct HealthRecord: Hashable, Sendable, Codable {
    public enum Verdict: String, Sendable, Codable, CaseIterable {
        /// Not yet healthy; only time ends it.
        case initializing
        case healthy
        /// Was healthy and is no longer.
        case unhealthy
    }

    /// When probing of this run began.
    public var since: Date
    public var verdict: Verdict
    /// Consecutive ones.
    public var successes: Int
    /// Consecutive ones.
    public var failures: Int
    public var last: ProbeResult?

    public init(
        since: Date, verdict: Verdict = .initializing, successes: Int = 0, failures: Int = 0, last: ProbeResult? = nil
    ) {
        self.since = since
        self.verdict = verdict
        self.successes = successes
        self.failures = failures
        self.last = last
    }

    /// The record that the next run of the same container begins with. One that was never healthy has no more time than
    /// if it had not exited, so that a crash loop ends.
    package func restarted(at now: Date) -> HealthRecord {
        HealthRecord(since: verdict == .initializing ? since : now)
    }

    /// Whether it is known not to take calls: unhealthy, or started again and not fit yet.
    var refusesCalls: Bool {
        switch verdict {
        case .healthy: false
        case .unhealthy: true
        case .initializing: last?.passed == false
        }
    }

    /// The record after one more probe, by the thresholds of `check`.
    public func adding(_ result: ProbeResult, check: HealthCheck) -> HealthRecord {
        var next = self
        next.last = result
        next.successes = result.passed ? successes + 1 : 0
        next.failures = result.passed ? 0 : failures + 1
        if next.successes >= max(1, check.healthyThreshold) {
            next.verdict = .healthy
        } else if verdict == .healthy, next.failures >= max(1, check.unhealthyThreshold) {
            next.verdict = .unhealthy
        }
        return next
    }
}
