import Model

extension ServicePlacement {
    /// Everything that is wished of hosts, hard wishes and soft ones in the order in which they stand.
    ///
    /// - Parameters:
    ///   - stack: for `${stack_name}` in labels, as the next for `${service_name}`.
    func rules(stack: String, service: String) -> [PlacementRule] {
        var rules: [PlacementRule] = []
        for affinity in affinities {
            for term in affinity.terms {
                let text = Self.filled(term, stack: stack, service: service)
                let test: PlacementRule.Test =
                    switch affinity.subject {
                    case .hostLabel: .hostLabel(.init(text))
                    case .containerLabel: .containerLabel(.init(text))
                    case .container: .container(text)
                    }
                rules.append(.init(test: test, isNegated: affinity.isNegated, isSoft: affinity.isSoft))
            }
        }
        rules += constraints.compactMap(Self.rule)
        if let host { rules.append(.init(test: .host(host))) }
        if let most = maxReplicasPerNode, most > 0 { rules.append(.init(test: .fewerThan(most))) }
        return rules
    }

    /// Labels of hosts over which containers are spread evenly, of `spread=node.labels.zone`.
    var spreads: [PlacementRule.Term] {
        preferences.compactMap { text in
            for prefix in ["spread=node.labels.", "spread=engine.labels."] where text.hasPrefix(prefix) {
                return .init(String(text.dropFirst(prefix.count)))
            }
            return nil
        }
    }

    /// Constraints that can't be read.
    var unreadableConstraints: [String] { constraints.filter { Self.rule($0) == nil } }

    /// Whether hosts are chosen by more than how much runs on them.
    var choosesHosts: Bool {
        isGlobal || !affinities.isEmpty || !constraints.isEmpty || host != nil || maxReplicasPerNode != nil
    }

    /// Whether a rule is about other services' containers.
    var asksForContainers: Bool { affinities.contains { $0.subject != .hostLabel } }

    private static func filled(_ text: String, stack: String, service: String) -> String {
        let values = ["stack_name": stack, "project_name": stack, "service_name": service]
        return values.reduce(text) { text, pair in
            text.replacing("${\(pair.key)}", with: pair.value).replacing("$\(pair.key)", with: pair.value)
        }
    }

    /// `node.labels.disk == ssd`, as a swarm has them.
    private static func rule(_ constraint: String) -> PlacementRule? {
        guard let match = constraint.wholeMatch(of: #/\s*([A-Za-z0-9._\/-]+)\s*(==|!=)\s*(.*?)\s*/#) else { return nil }
        let (key, isNegated, value) = (String(match.1), match.2 == "!=", String(match.3))
        guard !value.isEmpty else { return nil }
        let test: PlacementRule.Test
        switch key.lowercased() {
        case "node.id", "node.hostname": test = .host(value)
        // Every host of an engine that Slipway drives itself is as good as a manager.
        case "node.role": test = .fact(value.lowercased() == "manager", value)
        case "node.platform.os": test = .fact(value.lowercased() == "linux", "machine with \(value)")
        case "node.platform.arch": test = .architecture(value)
        default:
            guard let label = ["node.labels.", "engine.labels."].first(where: { key.lowercased().hasPrefix($0) }) else {
                return nil
            }
            test = .hostLabel(.init("\(key.dropFirst(label.count))=\(value)"))
        }
        return .init(test: test, isNegated: isNegated)
    }
}
