public import Engines
public import struct Foundation.Date

/// What is known at one moment about a service under rollout: recorded facts and the containers as they are.
public struct RolloutObservation: Hashable, Sendable {
    /// One unit of the service: a container, with its sidekicks where it has some. What is said of it is said of the
    /// container, and of the one that is worst off where there are several.
    public struct Member: Hashable, Sendable, Identifiable {
        /// One container of a unit that has several.
        public struct Part: Hashable, Sendable, Identifiable {
            public var id: String
            public var name: String
            /// Name of its service; nil: the primary.
            public var sidekick: String?
            /// Id of the rollout that it was made by.
            public var generation: Int64
            public var state: ObservedContainer.State
            public var exitStatus: Int?
            public var restarts: Int
            public var startedAt: Date?
            public var address: String?
            public var health: HealthRecord?
            /// Whether it is recorded as one that serves.
            public var isAdmitted: Bool
            /// Whether it belongs as well to the unit that this one replaces, or that replaces this one: it goes on.
            public var isKept: Bool
            /// Whether it runs to its end and rests then.
            public var runsOnce: Bool
            /// Whether it is created, and never started.
            public var staysCreated: Bool

            public init(
                id: String, name: String, sidekick: String? = nil, generation: Int64,
                state: ObservedContainer.State, exitStatus: Int? = nil, restarts: Int = 0, startedAt: Date? = nil,
                address: String? = nil, health: HealthRecord? = nil, isAdmitted: Bool = false, isKept: Bool = false,
                runsOnce: Bool = false, staysCreated: Bool = false
            ) {
                self.id = id
                self.name = name
                self.sidekick = sidekick
                self.generation = generation
                self.state = state
                self.exitStatus = exitStatus
                self.restarts = restarts
                self.startedAt = startedAt
                self.address = address
                self.health = health
                self.isAdmitted = isAdmitted
                self.isKept = isKept
                self.runsOnce = runsOnce
                self.staysCreated = staysCreated
            }

            /// Whether it did what it was there for.
            var isDone: Bool {
                if staysCreated { return state != .removing && state != .dead }
                return runsOnce && state == .exited && exitStatus == 0
            }
            /// Whether its process exists, or will again in a moment.
            var isUp: Bool { state == .running || state == .restarting || state == .paused }
        }

        public var id: String
        public var name: String
        /// 1 to the scale.
        public var slot: Int
        /// Id of the rollout that its kind was first created by.
        public var generation: Int64
        public var state: ObservedContainer.State
        public var exitStatus: Int?
        /// How often the engine restarted it by itself.
        public var restarts: Int
        public var startedAt: Date?
        /// Where it can be reached; nil while it doesn't run.
        public var address: String?
        /// Nil while nothing was probed in this run.
        public var health: HealthRecord?
        /// Whether it is recorded as one that serves.
        public var isAdmitted: Bool
        /// Whether requests reach it: the edge has it, ready and up; the same as `isAdmitted` without an edge.
        public var isInEdge: Bool
        /// When it was told to finish what it has; nil while it takes new requests.
        public var drainStartedAt: Date?
        /// Whether it has no open request left.
        public var isDrained: Bool
        /// Until when somebody may call it who was told of it by its name before it began to drain; nil where nobody is.
        public var namedUntil: Date?
        /// When it was set aside, stopped, for an immediate rollback.
        public var parkedAt: Date?
        /// Its containers, where it has several.
        public var parts: [Part] = []
        /// Whether every container that it shall have is there.
        public var isWhole = true

        public init(
            id: String, name: String, slot: Int, generation: Int64, state: ObservedContainer.State,
            exitStatus: Int? = nil, restarts: Int = 0, startedAt: Date? = nil, address: String? = nil,
            health: HealthRecord? = nil, isAdmitted: Bool = false, isInEdge: Bool = false,
            drainStartedAt: Date? = nil, isDrained: Bool = false, parkedAt: Date? = nil
        ) {
            self.id = id
            self.name = name
            self.slot = slot
            self.generation = generation
            self.state = state
            self.exitStatus = exitStatus
            self.restarts = restarts
            self.startedAt = startedAt
            self.address = address
            self.health = health
            self.isAdmitted = isAdmitted
            self.isInEdge = isInEdge
            self.drainStartedAt = drainStartedAt
            self.isDrained = isDrained
            self.parkedAt = parkedAt
        }

        /// Its containers, the primary first.
        var containers: [Part] {
            guard parts.isEmpty else { return parts }
            return [
                Part(
                    id: id, name: name, generation: generation, state: state, exitStatus: exitStatus,
                    restarts: restarts, startedAt: startedAt, address: address, health: health,
                    isAdmitted: isAdmitted)
            ]
        }
        /// Whether a process of it exists, or will again in a moment.
        var isUp: Bool {
            if parts.isEmpty { return state == .running || state == .restarting || state == .paused }
            return parts.contains { !$0.isKept && $0.isUp }
        }
        /// Whether a container of it takes requests that goes on in the unit that follows.
        var servesInPart: Bool { isAdmitted && parts.contains { $0.isKept && $0.isUp && $0.isAdmitted } }
        /// Whether requests may reach it, once it is ready, that don't reach all of it yet.
        var awaitsAdmission: Bool {
            !isAdmitted || drainStartedAt != nil || parts.contains { !$0.isAdmitted && !$0.isDone }
        }
        /// Whether somebody may still call it by its name though it drains.
        func isNamed(at now: Date) -> Bool { namedUntil.map { now < $0 } ?? false }
        /// Whether new requests reach it.
        var isServing: Bool { state == .running && isAdmitted && isInEdge && drainStartedAt == nil }
    }

    public var members: [Member]
    /// The generation that the rollout brings in; its own id, or that of parked containers with the same spec.
    public var generation: Int64
    /// The generation that ran before; nil when the service is new.
    public var previousGeneration: Int64?
    /// Where the containers of what is to be brought in (or back) are to be; nil where there is nothing to choose.
    public var placement: Placement?
    /// Whether the engine has the image of what is to be brought in (or back).
    public var imageReady: Bool
    /// Whether TCP ports are the edge's.
    public var edge: Bool
    public var cancelRequested: Bool
    /// What the engine refused to do for this rollout, which trying again won't mend.
    public var problem: String?
    /// Why nothing could be observed; then `members` says nothing.
    public var unavailable: String?
    /// Whether the containers to bring in are partly those that run, the primary among them: they can't run beside
    /// themselves.
    public var keepsPrimary = false

    public init(
        members: [Member], generation: Int64, previousGeneration: Int64? = nil, imageReady: Bool = true,
        edge: Bool = true, cancelRequested: Bool = false, problem: String? = nil, unavailable: String? = nil
    ) {
        self.members = members
        self.generation = generation
        self.previousGeneration = previousGeneration
        self.imageReady = imageReady
        self.edge = edge
        self.cancelRequested = cancelRequested
        self.problem = problem
        self.unavailable = unavailable
    }
}
