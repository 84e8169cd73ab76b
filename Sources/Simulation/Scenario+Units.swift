import Model

extension Scenario.Sidekick {
    /// What it is at a revision of the service: another version, or that of before.
    mutating func change(at revision: Int, _ isChanged: Bool, _ temperament: Scenario.Temperament) {
        versions[revision] = isChanged ? revision : versions[revision - 1] ?? revision
        if isChanged { temperaments[revision] = temperament }
    }

    /// Its container at a revision of the service.
    func spec(of service: String, at revision: Int) -> ServiceSpec {
        var spec = ServiceSpec(name: name, image: "acme/\(service)-\(name):\(versions[revision] ?? revision)")
        spec.healthCheck = check
        // Else the volumes of another would have the unit stop first.
        spec.startFirst = true
        if let uses {
            spec.storage = ContainerStorage()
            spec.storage?.volumesFrom = [uses]
        }
        return spec
    }
}

extension Scenario.Service {
    /// What a revision consists of: versions of the service's own container and of each sidekick's.
    struct Unit: Hashable {
        var version: Int
        var sidekicks: [String: Int]
    }

    func unit(_ revision: Int) -> Unit {
        Unit(
            version: versions[revision] ?? revision,
            sidekicks: Dictionary(
                sidekicks.map { ($0.name, $0.versions[revision] ?? revision) }, uniquingKeysWith: { first, _ in first })
        )
    }

    /// Which revision a spec is.
    func revision(of spec: ServiceSpec) -> Int {
        let version = Self.version(of: spec.image)
        guard !sidekicks.isEmpty else { return version }
        let beside = (spec.sidekicks ?? []).map { ($0.name, Self.version(of: $0.image)) }
        let unit = Unit(version: version, sidekicks: Dictionary(beside, uniquingKeysWith: { first, _ in first }))
        return versions.keys.sorted().first { self.unit($0) == unit } ?? version
    }

    /// Version of `acme/orders:2`.
    static func version(of image: String) -> Int { Int(image.split(separator: ":").last ?? "") ?? 0 }

    /// How containers of an image behave; nil: of the service's own.
    func temperament(_ sidekick: String?, _ version: Int) -> Scenario.Temperament {
        guard let sidekick else { return temperaments[version] ?? .init() }
        return sidekicks.first { $0.name == sidekick }?.temperaments[version] ?? .init()
    }

    /// How each container of a unit behaves.
    private func temperaments(of revision: Int) -> [Scenario.Temperament] {
        [temperament(nil, unit(revision).version)]
            + sidekicks.map { temperament($0.name, $0.versions[revision] ?? revision) }
    }

    /// Whether units of a revision can't ever serve for long enough.
    func isBad(_ revision: Int) -> Bool { temperaments(of: revision).contains(where: \.isBad) }

    /// Whether they may serve for a while.
    func isDoubtful(_ revision: Int) -> Bool {
        !isBad(revision) && temperaments(of: revision).contains(where: \.isDoubtful)
    }

    /// Names of the sidekicks whose containers an upgrade leaves alone.
    func kept(from old: Int, to new: Int) -> Set<String> {
        let isSame = { (sidekick: Scenario.Sidekick) in sidekick.versions[old] == sidekick.versions[new] }
        return Set(
            sidekicks.filter { sidekick in
                isSame(sidekick) && sidekicks.allSatisfy { $0.name != sidekick.uses || isSame($0) }
            }.map(\.name))
    }

    /// Whether an upgrade has a new unit run beside an old one: a container that stays can't be in both.
    func startsFirst(from old: Int?, to new: Int) -> Bool {
        guard startsFirst, let old, old != new else { return startsFirst }
        return unit(old).version != unit(new).version
    }
}
