import Model

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
