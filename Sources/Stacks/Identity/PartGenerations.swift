import Model

/// Which rollout first made the containers of each part of a unit: parts that didn't change are kept when others are
/// replaced, and stay of the generation that they were made in.
struct PartGenerations: Hashable, Sendable, Codable {
    var primary: Int64
    /// By name.
    var sidekicks: [String: Int64] = [:]

    /// Of the part; nil: the primary.
    subscript(sidekick: String?) -> Int64? {
        guard let sidekick else { return primary }
        return sidekicks[sidekick]
    }

    /// All parts made by one rollout.
    init(of spec: ServiceSpec, all generation: Int64) {
        primary = generation
        for sidekick in spec.sidekicks ?? [] { sidekicks[sidekick.name] = generation }
    }

    /// The parts of `spec` as the rollout `generation` brings them in: those that needn't be replaced are kept.
    init(of spec: ServiceSpec, as generation: Int64, after old: (spec: ServiceSpec, parts: PartGenerations)) {
        self.init(of: spec, all: generation)
        let replaced = spec.partsToReplace(after: old.spec)
        if !replaced.contains(spec.name) { primary = old.parts.primary }
        for name in sidekicks.keys where !replaced.contains(name) { sidekicks[name] = old.parts.sidekicks[name] }
    }
}

extension ServiceSpec {
    /// Names of the parts whose containers an upgrade from `old` leaves alone.
    func partsThatStay(since old: ServiceSpec) -> Set<String> {
        Set(parts.map(\.name)).subtracting(partsToReplace(after: old))
    }

    /// Names of the parts that an upgrade from `old` replaces or brings in: those that are not as they were, and those that
    /// use the volumes or a namespace of one that isn't.
    func partsToReplace(after old: ServiceSpec) -> Set<String> {
        var names = Set(parts.filter { old.part(sidekickName(of: $0))?.partHash != $0.partHash }.map(\.name))
        // They are in the order of their use: one pass finds all.
        for part in partsInOrder where !names.isDisjoint(with: part.partsInUse) { names.insert(part.name) }
        return names
    }

    /// Equal for parts that needn't be replaced by one another. Which sidekicks a primary has is no matter of its own
    /// container.
    var partHash: String {
        var subject = primary
        subject.placement?.sidekicks = []
        if subject.placement == ServicePlacement() { subject.placement = nil }
        subject.labels["io.rancher.sidekicks"] = nil
        return subject.hash
    }
}
