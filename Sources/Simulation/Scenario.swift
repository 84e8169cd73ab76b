public import Model

/// What a seed stands for: services, what is asked for them, and what goes wrong. Times in milliseconds.
public struct Scenario: Sendable, Hashable {
    /// How containers of a revision behave.
    public struct Temperament: Sendable, Hashable {
        /// From start to the first answer; nil never.
        public var readyAfter: Int? = 300
        /// From start to when it answers no more.
        public var sickAfter: Int?
        /// From start to its exit, again and again.
        public var exitsAfter: Int?
        /// Whether the engine refuses to start it.
        public var isRefused = false
        /// Whether no registry has its image.
        public var isMissing = false
        /// Whether TERM leaves it cold, so that a stop takes the whole grace.
        public var ignoresTerm = false

        /// Whether it can't ever serve for long enough.
        var isBad: Bool {
            readyAfter == nil || isRefused || isMissing || exitsAfter == 0
        }
        /// Whether it may serve for a while.
        var isDoubtful: Bool { !isBad && (sickAfter != nil || exitsAfter != nil) }

        public init() {}
    }

    /// One `up`.
    public struct Change: Sendable, Hashable {
        public var revision: Int
        public var scale: Int
        public var isForced = false
        public var isRollback = false
        /// Whether it waits for the end of the one before it; else it comes in mid-flight.
        public var waits: Bool
        /// After that.
        public var delay: Int
        /// After it was asked for.
        public var cancelAfter: Int?
    }

    /// What runs beside each container of a service.
    public struct Sidekick: Sendable, Hashable {
        public var name: String
        public var check: HealthCheck?
        /// Name of the sidekick whose volumes it has too.
        public var uses: String?
        /// Version by the service's revision: it changes with some.
        public var versions: [Int: Int] = [:]
        /// By version.
        public var temperaments: [Int: Temperament] = [:]
    }

    /// A service and what is asked for it, in order.
    public struct Service: Sendable, Hashable {
        public var name: String
        public var stack = "shop"
        public var hasPort: Bool
        public var check: HealthCheck?
        public var startsFirst: Bool
        public var options: RolloutOptions
        public var changes: [Change]
        /// By version.
        public var temperaments: [Int: Temperament]
        public var sidekicks: [Sidekick] = []
        /// Version of the service's own container by revision, where that isn't the same.
        public var versions: [Int: Int] = [:]
    }

    /// Something that happens so long after a change was asked for.
    public struct Accident: Sendable, Hashable {
        public var kind: FaultKind
        public var service: Int
        public var change: Int
        public var delay: Int
        /// How long it lasts, where it does.
        public var duration: Int
        /// Which container, counted round.
        public var victim: Int
    }

    /// How often calls go wrong, in percent, and how many may at most.
    public struct Weather: Sendable, Hashable {
        public var callFault = 0.0
        public var death = 0.0
        public var mostFaults = 0
        public var mostDeaths = 0
        public var mayRefuse = false
    }

    public var seed: Int
    public var services: [Service]
    public var accidents: [Accident]
    public var weather: Weather
    /// Whether deadlines are too long to matter.
    public var hasTime: Bool
    /// How many machines the engine has; containers are placed on them where there are several.
    public var hosts = 1
    /// Whether the services find each other by a name server, and call each other.
    public var hasNames = false
}
