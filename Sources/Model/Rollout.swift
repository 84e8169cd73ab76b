public import struct Foundation.Date

/// One change of one service of a stack from what runs to what should run.
public struct Rollout: Hashable, Sendable, Codable, Identifiable {
    public enum State: String, Sendable, Codable, CaseIterable {
        case queued
        /// Bringing in the new revision.
        case rolling
        /// Bringing back the prior one after a failure or a cancel.
        case rollingBack = "rolling-back"
        case done
        /// Failed and rolled back: the prior revision serves.
        case rolledBack = "rolled-back"
        /// Failed with nothing to go back to: new containers stopped, their logs kept.
        case failed
        /// The rollback failed too: the edge stays on whatever is healthy.
        case rollbackFailed = "rollback-failed"
        case cancelled

        public var isFinal: Bool { self != .queued && self != .rolling && self != .rollingBack }
    }

    /// A line of the batch log.
    public struct Entry: Hashable, Sendable, Codable {
        public var at: Date
        /// `batch 1 of 3: orders-2 healthy after 2.1 s`.
        public var text: String

        public init(at: Date, text: String) {
            self.at = at
            self.text = text
        }
    }

    public var id: Int64
    public var environmentID: Int64
    public var stack: String
    public var service: String
    /// The deploy whose script asked for it.
    public var deployID: Int64?
    public var revision: SHA?
    public var spec: ServiceSpec
    /// What ran before, to go back to; nil when the service is new.
    public var previous: ServiceSpec?
    public var options: RolloutOptions
    public var state: State
    public var reason: String?
    public var queuedAt: Date
    public var startedAt: Date?
    public var deadline: Date?
    public var endedAt: Date?
    /// Containers of the spec that serve, and how many there should be.
    public var serving: Int
    public var log: [Entry]

    /// Whether it failed because it was not done by its deadline.
    public var isOverdue: Bool {
        [.rolledBack, .failed, .rollbackFailed].contains(state) && reason?.hasPrefix("not done after ") == true
    }

    public init(
        id: Int64, environmentID: Int64, stack: String, service: String, deployID: Int64? = nil, revision: SHA? = nil,
        spec: ServiceSpec, previous: ServiceSpec? = nil, options: RolloutOptions, state: State = .queued,
        reason: String? = nil, queuedAt: Date, startedAt: Date? = nil, deadline: Date? = nil, endedAt: Date? = nil,
        serving: Int = 0, log: [Entry] = []
    ) {
        self.id = id
        self.environmentID = environmentID
        self.stack = stack
        self.service = service
        self.deployID = deployID
        self.revision = revision
        self.spec = spec
        self.previous = previous
        self.options = options
        self.state = state
        self.reason = reason
        self.queuedAt = queuedAt
        self.startedAt = startedAt
        self.deadline = deadline
        self.endedAt = endedAt
        self.serving = serving
        self.log = log
    }
}

/// How a rollout goes about it; times in milliseconds.
public struct RolloutOptions: Hashable, Sendable, Codable {
    /// Units replaced at once; at least 1.
    public var batchSize: Int
    /// Pause between batches.
    public var interval: Int
    /// How long a container without a health check must run before it counts as healthy.
    public var settle: Int
    /// After this long without an end the rollout fails.
    public var deadline: Int
    /// How long open requests of an old container may take.
    public var drain: Int
    /// How long the old containers stay stopped for an immediate rollback.
    public var park: Int
    /// Whether the image is brought here again first, although it is here.
    public var pull: Bool?

    public init(
        batchSize: Int = 1, interval: Int = 0, settle: Int = 10_000, deadline: Int = 600_000, drain: Int = 30_000,
        park: Int = 3_600_000
    ) {
        self.batchSize = batchSize
        self.interval = interval
        self.settle = settle
        self.deadline = deadline
        self.drain = drain
        self.park = park
    }
}
