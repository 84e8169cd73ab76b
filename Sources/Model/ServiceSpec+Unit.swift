// A unit: the primary container of a slot and its sidekicks, which share host, scale and lifetime with it.
extension ServiceSpec {
    /// The service alone, without its sidekicks.
    public var primary: ServiceSpec {
        var spec = self
        spec.sidekicks = nil
        return spec
    }

    /// What each unit consists of: the primary, then its sidekicks.
    public var parts: [ServiceSpec] { [primary] + (sidekicks ?? []) }

    /// A part of the unit. Nil: the primary; nil for a sidekick that it hasn't got.
    public func part(_ sidekick: String?) -> ServiceSpec? {
        guard let sidekick else { return primary }
        return sidekicks?.first { $0.name == sidekick }
    }

    /// The parts in the order in which they can be created and started: what others take volumes or a namespace from
    /// comes before them. Where they go round in a circle, those of the circle stand last.
    public var partsInOrder: [ServiceSpec] {
        var waiting = parts
        var ordered: [ServiceSpec] = []
        while !waiting.isEmpty {
            let names = Set(waiting.map(\.name))
            let index = waiting.firstIndex { names.isDisjoint(with: $0.partsInUse) }
            guard let index else { return ordered + waiting }
            ordered.append(waiting.remove(at: index))
        }
        return ordered
    }

    /// The name by which a part is a sidekick; nil: it is the primary.
    public func sidekickName(of part: ServiceSpec) -> String? { part.name == name ? nil : part.name }

    /// The parts whose containers are to be made where those of `standing` are there, in the order in which they can be:
    /// what is missing, and what is of no use without the very container that is made anew.
    public func partsToMake(standing: Set<String>) -> [ServiceSpec] {
        var made: Set<String> = []
        return partsInOrder.filter { part in
            guard standing.contains(part.name), made.isDisjoint(with: part.partsInUse) else {
                return made.insert(part.name).inserted
            }
            return false
        }
    }

    /// Names of the services whose volumes or namespaces a container of this one uses: it can't do without them, and
    /// must be made anew with them.
    public var partsInUse: Set<String> {
        let volumes = (storage?.volumesFrom ?? []).map(VolumeSource.init).map(\.service)
        let spaces = [isolation?.pid, isolation?.ipc].compactMap { $0.flatMap(Self.sharedService) }
        return Set(volumes + spaces + [networking?.sharedWith].compactMap(\.self))
    }

    /// `web` of `service:web` and `container:web`; nil where no other container's namespace is meant.
    public static func sharedService(_ mode: String) -> String? {
        for prefix in ["service:", "container:"] where mode.hasPrefix(prefix) {
            return String(mode.dropFirst(prefix.count))
        }
        return nil
    }
}

/// One of `volumes_from`: `data`, `data:ro`, `container:data`.
public struct VolumeSource: Hashable, Sendable {
    public var service: String
    public var readOnly: Bool

    public init(_ text: String) {
        let words = text.split(separator: ":").map(String.init)
        let names = words.first == "container" && words.count > 1 ? Array(words.dropFirst()) : words
        service = names.first ?? ""
        readOnly = names.dropFirst().contains("ro")
    }
}
