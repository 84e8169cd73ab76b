import Engines

/// What is kept in memory of how busy containers are, and who looks at it: what nobody looks at is measured seldom.
actor UsageBook {
    /// While somebody looks, and else.
    static let (often, seldom) = (Duration.seconds(10), Duration.seconds(60))
    /// A page that is open asks again within this time.
    private static let attention = Duration.seconds(45)

    /// Fires when somebody begins to look.
    nonisolated let signal = Signal()
    private var histories: [Int64: [String: UsageHistory]] = [:]
    private var lookedAt: [Int64: ContinuousClock.Instant] = [:]
    private var measuredAt: [Int64: ContinuousClock.Instant] = [:]

    /// The histories of an environment by container id, for somebody who looks.
    func look(at environment: Int64) -> [String: UsageHistory] {
        let isNew = !isWatched(environment)
        lookedAt[environment] = .now
        if isNew { signal.fire() }
        return histories[environment] ?? [:]
    }

    /// Whether it is time to measure again; the next time is counted from now on.
    func isDue(_ environment: Int64) -> Bool {
        let interval = isWatched(environment) ? Self.often : Self.seldom
        // A loop that wakes up every ten seconds must not miss its turn by a moment.
        if let last = measuredAt[environment], last.duration(to: .now) < interval - .seconds(1) { return false }
        measuredAt[environment] = .now
        return true
    }

    /// Adds looks at all containers of an environment that run; of others nothing is kept.
    func add(_ usages: [String: ContainerUsage], to environment: Int64) {
        var kept: [String: UsageHistory] = [:]
        for (id, usage) in usages {
            var history = histories[environment]?[id] ?? UsageHistory()
            history.add(usage)
            kept[id] = history
        }
        histories[environment] = kept
    }

    private func isWatched(_ environment: Int64) -> Bool {
        lookedAt[environment].map { $0.duration(to: .now) < Self.attention } ?? false
    }
}
