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

    /// The parts of `spec` as the rollout `generation` brings them in: those that are as they were are kept, unless they
    /// use the volumes or a namespace of one that isn't.
    init(of spec: ServiceSpec, as generation: Int64, after old: (spec: ServiceSpec, parts: PartGenerations)) {
        self.init(of: spec, all: generation)
        var changed = Set(spec.parts.map(\.name))
        for part in spec.parts {
            let name = part.name == spec.name ? nil : part.name
            guard old.parts[name] != nil, old.spec.part(name)?.partHash == part.partHash else { continue }
            changed.remove(part.name)
        }
        var count = -1
        while changed.count != count {
            count = changed.count
            changed.formUnion(spec.parts.filter { !changed.isDisjoint(with: $0.partsInUse) }.map(\.name))
        }
        if !changed.contains(spec.name) { primary = old.parts.primary }
        for name in sidekicks.keys where !changed.contains(name) { sidekicks[name] = old.parts.sidekicks[name] }
    }
}

/// A kind of unit: the generation under which it goes, and where each of its parts comes from.
struct UnitKind: Hashable, Sendable {
    var generation: Int64
    var parts: PartGenerations
    /// How many units of it there shall be.
    var scale: Int

    /// Every part of a whole unit; nil: the primary.
    var names: [String?] { [nil] + parts.sidekicks.keys.sorted().map(Optional.some) }
}

/// What the units of a service shall be, or were.
struct UnitGoal: Sendable {
    var spec: ServiceSpec
    var generation: Int64
    var parts: PartGenerations

    init(spec: ServiceSpec, generation: Int64, parts: PartGenerations? = nil) {
        self.spec = spec
        self.generation = generation
        self.parts = parts ?? PartGenerations(of: spec, all: generation)
    }

    var kind: UnitKind {
        // A global service has as many as there are hosts for it.
        let scale = spec.placement?.isGlobal == true ? Int.max : spec.scale
        return UnitKind(generation: generation, parts: parts, scale: scale)
    }
}

extension ServiceSpec {
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
