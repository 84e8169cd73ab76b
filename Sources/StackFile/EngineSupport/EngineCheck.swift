internal import Model

/// What an engine has to say about files before anything changes there. Pure.
struct EngineCheck: Sendable {
    let engine: EngineKind

    /// After so many findings nobody reads on.
    private static let limit = 500

    /// Findings about merged services and what stands beside them, in their order.
    func findings(_ services: [RawService], sections: [YAMLNode.Pair] = []) -> [EngineFinding] {
        var findings: [EngineFinding] = []
        for service in JudgedService.all(services) where findings.count < Self.limit { findings += judge(service) }
        for section in sections where findings.count < Self.limit { findings += judge(section) }
        return Array(findings.prefix(Self.limit))
    }

    /// Lays what the engine says over what the readers said: of one key, a refusal is told alone, and so is a warning
    /// unless the readers refuse it.
    static func lay(_ own: [EngineFinding], over readers: inout Diagnostics, _ waiting: inout Diagnostics) {
        var told: [Place: Finding.Severity] = [:]
        for finding in own {
            for place in finding.covers + [finding.place] where told[place] != .error { told[place] = finding.severity }
        }
        let isLeft = { (finding: Finding) in
            switch told[Place(file: finding.file, line: finding.line, column: finding.column)] {
            case .error: false
            case .warning: finding.severity == .error
            case nil: true
            }
        }
        readers = Diagnostics(readers.findings.filter(isLeft) + own.map(\.finding))
        waiting = Diagnostics(waiting.findings.filter(isLeft))
    }
}

extension EngineCheck {
    private func judge(_ service: JudgedService) -> [EngineFinding] {
        let owner = "service \"\(service.raw.name)\""
        let name = YAMLNode.Pair(
            key: service.raw.name, keyPlace: service.raw.place,
            value: YAMLNode(.scalar(service.raw.name, plain: false), at: service.raw.place))
        var findings = say(EngineTable.names, name, of: owner, service, shown: "name", covers: [])
        for pair in service.raw.keys {
            findings += walk(pair, path: pair.key, scope: .service, covers: [], owner, service)
        }
        for label in service.labels {
            let rows = EngineTable.rows(ofLabel: label.key)
            guard !rows.isEmpty, !Self.saysNothing(label.value) else { continue }
            findings += say(
                rows, label, of: owner, service, shown: label.key, covers: [label.keyPlace, label.value.place])
        }
        return findings
    }

    private func judge(_ section: YAMLNode.Pair) -> [EngineFinding] {
        guard let scope = EngineTable.sections[section.key] else { return [] }
        return (section.value.mapping ?? []).flatMap { entry in
            let service = JudgedService(RawService(name: entry.key, place: entry.keyPlace, keys: []))
            return (entry.value.mapping ?? []).flatMap { pair in
                walk(
                    pair, path: pair.key, scope: scope, covers: [], "\(scope.rawValue) \"\(entry.key)\"", service)
            }
        }
    }

    /// A key's own rows, then those of the keys in it.
    private func walk(
        _ pair: YAMLNode.Pair, path: String, scope: EngineRow.Scope, covers: [Place], _ owner: String,
        _ service: JudgedService
    ) -> [EngineFinding] {
        guard !Self.saysNothing(pair.value) else { return [] }
        // A refusal of a part speaks for the whole: the readers have no word for a part alone.
        let covers = covers + [pair.keyPlace, pair.value.place]
        var findings = say(
            EngineTable.rows(of: path, scope), pair, of: owner, service, shown: path, covers: covers)
        for inner in pair.value.mapping ?? [] where EngineTable.leads(path, scope) {
            findings += walk(inner, path: "\(path).\(inner.key)", scope: scope, covers: covers, owner, service)
        }
        return findings
    }

    private func say(
        _ rows: [EngineRow], _ pair: YAMLNode.Pair, of owner: String, _ service: JudgedService, shown key: String,
        covers: [Place]
    ) -> [EngineFinding] {
        rows.flatMap { row -> [EngineFinding] in
            let verdict = row.verdict(engine)
            let severity: Finding.Severity
            let text: String
            var hint: String?
            switch verdict {
            case .accepted: return []
            case .warning(let said, let mend): (severity, text, hint) = (.warning, said, mend)
            case .refused(let said, let mend):
                (severity, text, hint) = (.error, said, mend ?? Self.mend(row))
            }
            return row.form.places(pair, service).map { place in
                EngineFinding(
                    place: place, covers: covers, severity: severity, owner: owner, key: key, engine: engine,
                    text: text, hint: hint)
            }
        }
    }

    private static func mend(_ row: EngineRow) -> String {
        let takers = row.takers.map(\.name)
        guard !takers.isEmpty else { return "remove it" }
        return "remove it, or deploy to \(takers.joined(separator: " or "))"
    }

    /// Nothing is asked for: an empty value means that the key is unset.
    private static func saysNothing(_ node: YAMLNode) -> Bool {
        node.isNull || node.text?.isEmpty == true || node.mapping?.isEmpty == true || node.sequence?.isEmpty == true
    }
}
