public import struct Foundation.Date

/// One attempt to make a target run a commit.
public struct Deploy: Hashable, Sendable, Codable, Identifiable {
    public enum Kind: String, Sendable, Codable, CaseIterable { case deploy, rollback, redeploy }

    public enum State: String, Sendable, Codable, CaseIterable {
        case queued, running, aborting, succeeded, failed, aborted, superseded
        case timedOut = "timed-out"
        /// The script or a rollout failed, and what ran before runs again.
        case rolledBack = "rolled-back"

        public var isFinal: Bool { self != .queued && self != .running && self != .aborting }
    }

    /// What was found when the digests of the running containers were compared with the image's.
    public enum Verification: Hashable, Sendable {
        /// Every running container is the image that the tested commit produced; the number of containers.
        case verified(containers: Int)
        /// The script caused no rollout: nothing could be compared.
        case nothingVerified
        /// Names what differs, a sentence each.
        case differs([String])
    }

    public var id: Int64
    public var targetID: Int64
    public var kind: Kind
    public var sha: SHA
    /// The commit that ran before, if one did.
    public var previousSHA: SHA?
    public var state: State
    public var reason: String?
    public var verification: Verification?
    /// Name of the account or token that asked for it.
    public var requestedBy: String
    /// Who asked, with the abort, to go back to what ran before; nil where nobody did.
    public var rollbackBy: String?
    /// The aborted deploy that this one goes back from.
    public var rollbackOf: Int64?
    public var queuedAt: Date
    public var startedAt: Date?
    public var endedAt: Date?

    public init(
        id: Int64, targetID: Int64, kind: Kind, sha: SHA, previousSHA: SHA?, state: State, reason: String? = nil,
        verification: Verification? = nil, requestedBy: String, rollbackBy: String? = nil, rollbackOf: Int64? = nil,
        queuedAt: Date, startedAt: Date? = nil, endedAt: Date? = nil
    ) {
        self.id = id
        self.targetID = targetID
        self.kind = kind
        self.sha = sha
        self.previousSHA = previousSHA
        self.state = state
        self.reason = reason
        self.verification = verification
        self.requestedBy = requestedBy
        self.rollbackBy = rollbackBy
        self.rollbackOf = rollbackOf
        self.queuedAt = queuedAt
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}
