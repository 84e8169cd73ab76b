/// Where the containers of a service are to be.
public struct Placement: Hashable, Sendable {
    /// The slots that the service shall have, in order; of a global service one for each host that fits.
    public var slots: [Int]
    /// Names of hosts by slot; a slot for which there is none is missing.
    public var hosts: [Int: String]
    /// Why a slot has no host; nil where all have one.
    public var reason: String?

    public init(slots: [Int], hosts: [Int: String], reason: String? = nil) {
        self.slots = slots
        self.hosts = hosts
        self.reason = reason
    }
}

/// A container that stands somewhere while it is decided where others shall be.
public struct PlacedContainer: Hashable, Sendable {
    public var name: String
    /// `stack/service`.
    public var service: String
    public var generation: Int64?
    public var slot: Int?
    public var host: String
    public var labels: [String: String]
    /// Whether it is stopped, and kept for a rollback.
    public var isParked: Bool
    /// Whether it stands beside a container of the service, and counts as none of them.
    public var isSidekick: Bool

    public init(
        name: String, service: String, generation: Int64? = nil, slot: Int? = nil, host: String,
        labels: [String: String] = [:], isParked: Bool = false,
        isSidekick: Bool = false
    ) {
        self.name = name
        self.service = service
        self.generation = generation
        self.slot = slot
        self.host = host
        self.labels = labels
        self.isParked = isParked
        self.isSidekick = isSidekick
    }
}
