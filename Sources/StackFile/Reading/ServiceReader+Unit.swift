internal import Model

/// What a service shares with others of its unit: a primary and its sidekicks.
extension ServiceReader {
    mutating func readVolumesFrom(_ node: YAMLNode) {
        let items = node.sequence ?? [node]
        let sources = strings(node, "volumes_from") ?? []
        change(\.storage) { $0.volumesFrom = sources }
        for (item, source) in zip(items, sources) {
            checkUnit(VolumeSource(source).service, item.place, "volumes_from: \"\(source)\"")
        }
    }

    mutating func readSidekicks(_ names: [String], _ place: Place) {
        guard !names.isEmpty else { return }
        change(\.placement) { $0.sidekicks = names }
        for name in names {
            if !known.contains(where: { $0.name == name }) {
                waiting.error(
                    place, "service \"\(raw.name)\": its sidekick \"\(name)\" is in none of the files",
                    hint: Suggestion.hint(for: name, in: known.map(\.name).filter { $0 != raw.name }))
            } else if let other = known.first(where: {
                $0.name != raw.name && JudgedService($0).sidekicks.contains(name)
            }) {
                waiting.error(
                    place, "service \"\(raw.name)\": \"\(name)\" is a sidekick of \"\(other.name)\" too",
                    hint: "a service stands beside one other")
            }
        }
    }

    /// Says that what another service has can be used in one unit alone, where it isn't in this one's.
    mutating func checkUnit(_ other: String, _ place: Place, _ what: String) {
        let mine = Set(
            known.filter { $0.name == raw.name || JudgedService($0).sidekicks.contains(raw.name) }
                .flatMap { [$0.name] + JudgedService($0).sidekicks })
        guard !mine.contains(other) || other == raw.name else { return }
        waiting.error(
            place, "service \"\(raw.name)\": \(what) is not carried out: \"\(other)\" is no sidekick of it",
            hint: "make one a sidekick of the other: io.rancher.sidekicks")
    }
}
