public import struct Foundation.Date

/// One run of the pipeline for one commit.
public struct Build: Hashable, Sendable, Codable, Identifiable {
    public enum State: String, Sendable, Codable, CaseIterable {
        case queued, running, succeeded, failed, cancelled
        case timedOut = "timed-out"

        /// Whether nothing more will happen.
        public var isFinal: Bool { self != .queued && self != .running }
    }

    public var id: Int64
    public var appID: Int64
    public var sha: SHA
    /// 1 for the commit's first build, 2 for its second.
    public var attempt: Int
    public var state: State
    /// Why it ended as it did, in a sentence; nil when it succeeded.
    public var reason: String?
    public var cancelRequested: Bool
    public var queuedAt: Date
    public var startedAt: Date?
    public var endedAt: Date?

    public init(
        id: Int64, appID: Int64, sha: SHA, attempt: Int, state: State, reason: String? = nil,
        cancelRequested: Bool = false, queuedAt: Date, startedAt: Date? = nil, endedAt: Date? = nil
    ) {
        self.id = id
        self.appID = appID
        self.sha = sha
        self.attempt = attempt
        self.state = state
        self.reason = reason
        self.cancelRequested = cancelRequested
        self.queuedAt = queuedAt
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}
