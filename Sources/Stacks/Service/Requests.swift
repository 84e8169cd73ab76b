public import Model

/// `up`: make services of a stack what a spec says.
public struct UpRequest: Sendable, Codable {
    public var stack: String
    public var spec: StackSpec
    /// Empty means all of the spec.
    public var services: [String]
    /// Replace what differs.
    public var upgrade: Bool
    /// Replace also what doesn't differ.
    public var forceUpgrade: Bool
    /// Go back to what ran before the last upgrade.
    public var rollback: Bool
    /// Give up the parked containers of the last upgrade.
    public var confirmUpgrade: Bool
    /// Remove the stack's services that the spec doesn't name.
    public var prune: Bool
    /// Overrides that of `options`.
    public var batchSize: Int?
    /// Milliseconds between batches; overrides that of `options`.
    public var interval: Int?
    public var options: RolloutOptions
    public var deployID: Int64?
    public var revision: SHA?
    /// Bring the images here again before containers are made of them.
    public var pull: Bool?
    /// What the stack is for; nil leaves what was said before.
    public var description: String?
    /// Services of the stack that shall go.
    public var remove: [String]?

    public init(
        stack: String, spec: StackSpec, services: [String] = [], upgrade: Bool = false, forceUpgrade: Bool = false,
        rollback: Bool = false, confirmUpgrade: Bool = false, prune: Bool = false, batchSize: Int? = nil,
        interval: Int? = nil, options: RolloutOptions = RolloutOptions(), deployID: Int64? = nil, revision: SHA? = nil
    ) {
        self.stack = stack
        self.spec = spec
        self.services = services
        self.upgrade = upgrade
        self.forceUpgrade = forceUpgrade
        self.rollback = rollback
        self.confirmUpgrade = confirmUpgrade
        self.prune = prune
        self.batchSize = batchSize
        self.interval = interval
        self.options = options
        self.deployID = deployID
        self.revision = revision
    }
}

/// What `up` decided for one service.
public struct ServiceOutcome: Sendable, Codable, Hashable {
    public enum Action: String, Sendable, Codable, CaseIterable {
        case created, upgraded, unchanged, outOfSync, rolledBack, removed, scaled
    }

    public var service: String
    public var action: Action
    /// The rollout that carries it out; nil where there is nothing to do.
    public var rolloutID: Int64?
    /// A sentence for the person who called.
    public var message: String

    public init(service: String, action: Action, rolloutID: Int64? = nil, message: String) {
        self.service = service
        self.action = action
        self.rolloutID = rolloutID
        self.message = message
    }
}
