public import Engines
public import Model
public import struct Foundation.Date

/// A stack as it is now.
public struct StackView: Sendable, Codable, Hashable {
    public var name: String
    public var services: [ServiceView]
    /// What it is for, as `up --description` said; nil where nothing was said.
    public var description: String?

    public init(name: String, services: [ServiceView], description: String? = nil) {
        self.name = name
        self.services = services
        self.description = description
    }
}

/// A service as it is now.
public struct ServiceView: Sendable, Codable, Hashable {
    public enum State: String, Sendable, Codable, CaseIterable {
        /// As many containers as asked for are fit.
        case active
        case upgrading
        case rollingBack = "rolling-back"
        /// Some are missing or unfit.
        case degraded
        /// None is fit.
        case down
        /// Scale 0, its first rollout failed, or it is only created.
        case stopped
        /// Each container ran to its end, as it was asked to do once.
        case startedOnce = "started-once"
        /// The engine doesn't answer.
        case unknown
    }

    public var name: String
    public var spec: ServiceSpec
    public var state: State
    public var containers: [ContainerView]
    /// The one at work, else the last.
    public var rollout: Rollout?

    public init(
        name: String, spec: ServiceSpec, state: State, containers: [ContainerView], rollout: Rollout? = nil
    ) {
        self.name = name
        self.spec = spec
        self.state = state
        self.containers = containers
        self.rollout = rollout
    }
}

/// A container as it is now.
public struct ContainerView: Sendable, Codable, Hashable, Identifiable {
    public var id: String
    public var name: String
    public var slot: Int
    /// Name of its service, where it is a sidekick of the one that it stands with.
    public var sidekick: String?
    public var revision: SHA?
    /// What it was created from.
    public var image: String
    /// The digest part of `image`, where it has one.
    public var imageDigest: Digest?
    public var state: ObservedContainer.State
    /// `healthy`, `starting`, `parked`, …
    public var health: String
    /// What the last probe found.
    public var lastProbe: ProbeResult?
    public var address: String?
    public var startedAt: Date?
    public var restarts: Int
    public var parked: Bool
    /// Whether it takes requests.
    public var serving: Bool
    /// Whether its image is the one that was recorded for the commit; nil where none was.
    public var matches: Bool?
    /// The deploy that brought its image in; nil where none did.
    public var deployID: Int64?
    /// The rollout that made it.
    public var rolloutID: Int64?
    /// Name of the host that it is on; nil where the environment has one.
    public var host: String?

    public init(
        id: String, name: String, slot: Int, revision: SHA? = nil, image: String, imageDigest: Digest? = nil,
        state: ObservedContainer.State, health: String, lastProbe: ProbeResult? = nil, address: String? = nil,
        startedAt: Date? = nil, restarts: Int = 0, parked: Bool = false, serving: Bool = false, matches: Bool? = nil,
        deployID: Int64? = nil, rolloutID: Int64? = nil
    ) {
        self.id = id
        self.name = name
        self.slot = slot
        self.revision = revision
        self.image = image
        self.imageDigest = imageDigest
        self.state = state
        self.health = health
        self.lastProbe = lastProbe
        self.address = address
        self.startedAt = startedAt
        self.restarts = restarts
        self.parked = parked
        self.serving = serving
        self.matches = matches
        self.deployID = deployID
        self.rolloutID = rolloutID
    }
}

/// The name server of an environment as it is now.
public struct NameServerView: Sendable, Codable, Hashable {
    /// Name of its container.
    public var name: String
    public var state: ObservedContainer.State
    /// In the network that all stacks of the environment share; nil while it doesn't run.
    public var address: String?
    public var startedAt: Date?

    public init(name: String, state: ObservedContainer.State, address: String? = nil, startedAt: Date? = nil) {
        self.name = name
        self.state = state
        self.address = address
        self.startedAt = startedAt
    }
}
