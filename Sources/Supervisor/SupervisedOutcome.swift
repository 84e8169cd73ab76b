public import struct Foundation.Date

/// How a supervised command ended: `outcome.json` in the run folder.
public struct SupervisedOutcome: Codable, Hashable, Sendable {
    /// Why it ended.
    public enum Reason: Codable, Hashable, Sendable {
        /// By itself, with an exit status.
        case exited
        /// By a signal that the supervisor didn't send.
        case signaled
        /// Ended by the supervisor: no output for too long.
        case inactive
        /// Ended by the supervisor: the time limit was reached.
        case overTime
        /// Ended because somebody asked for it, whatever the exit status.
        case aborted
        /// Never ran; the sentence says why.
        case couldNotStart(String)
        /// The supervisor itself was killed, or the machine went down; what the command did is unknown.
        case lost
    }

    /// Exit status of the command, where it exited.
    public var exitStatus: Int32?
    /// Signal that ended the command, where one did.
    public var signal: Int32?
    /// Why it ended.
    public var reason: Reason
    /// When the last of its output had been read.
    public var endedAt: Date
    /// Whether the last of the output is missing because the log could not be written.
    public var logTruncated: Bool

    /// An outcome as observed.
    public init(
        exitStatus: Int32? = nil, signal: Int32? = nil, reason: Reason, endedAt: Date = Date(),
        logTruncated: Bool = false
    ) {
        self.exitStatus = exitStatus
        self.signal = signal
        self.reason = reason
        self.endedAt = endedAt
        self.logTruncated = logTruncated
    }

    /// Whether the command ran to its end and said 0.
    public var succeeded: Bool { reason == .exited && exitStatus == 0 }
}

/// What is known about a run.
public enum SupervisedState: Hashable, Sendable {
    /// Never started.
    case absent
    /// Its supervisor lives.
    case running(since: Date)
    /// Nothing more will happen.
    case ended(SupervisedOutcome)
}
