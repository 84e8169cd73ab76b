internal import Model

/// Labels by which Rancher was told what to do. All stay labels of the containers too.
enum LabelRules {
    private enum Rule {
        case pullImage
        /// Read into the spec, and carried out.
        case carriedOut
        /// A warning says that it isn't used.
        case spare
        /// Not carried out yet, where it isn't blank; leaving it out would change what runs.
        case waiting
        /// The same, where it is `true`.
        case waitingWhenTrue
        /// Carried out, or of Rancher's pages and agents: nothing is to be said.
        case told
    }

    private static let rules: [String: Rule] = [
        "io.rancher.container.pull_image": .pullImage,
        "io.rancher.sidekicks": .told,
        "io.rancher.container.create_agent": .waitingWhenTrue,
        "io.rancher.container.agent.role": .waiting,
        "io.rancher.container.start_once": .carriedOut,
        "io.rancher.container.requested_ip": .waiting,
        "io.rancher.container.volume_cleanup_strategy": .spare,
        "io.rancher.container.network": .spare,
        "io.rancher.scheduler.global": .carriedOut,
        "io.rancher.service.requested.host.id": .carriedOut,
        "io.rancher.container.dns": .spare,
        "io.rancher.container.dns.priority": .spare,
        "io.rancher.container.hostname_override": .spare,
        "io.rancher.service.selector.link": .waiting,
        "io.rancher.service.selector.container": .waiting,
        "io.rancher.service.wait_for_healthcheck": .told,
        "io.rancher.service.ui_link.label": .told,
        "io.rancher.service.ui_link.port": .told,
        "io.rancher.service.ui_link.path": .told,
        "io.rancher.service.allocate.skip.serialize": .told,
        "io.rancher.lb_service.target": .spare,
        "io.rancher.lb_service.cert_dir": .waiting,
        "io.rancher.lb_service.default_cert_dir": .waiting,
        "io.rancher.loadbalancer.ssl.ports": .told,
        "io.rancher.loadbalancer.proxy-protocol.ports": .told,
    ]

    private static let prefixes: [(String, Rule)] = [
        ("io.rancher.loadbalancer.target.", .told), ("io.rancher.container.agent_service.", .waiting),
        ("io.rancher.scheduler.affinity:", .carriedOut),
    ]

    static func apply(_ reader: inout ServiceReader) {
        for (label, value) in reader.spec.labels.sorted(by: { $0.key < $1.key }) where label.hasPrefix("io.rancher.") {
            let rule = rules[label] ?? prefixes.first { label.hasPrefix($0.0) }?.1
            let place = place(of: label, in: reader)
            read(label, value, at: place, &reader)
            switch rule {
            case .pullImage: pullImage(value, at: place, &reader)
            case .waitingWhenTrue where value != "true": break
            case .waiting where value.isEmpty: break
            case .waiting, .waitingWhenTrue: reader.wait(place, "the label \(label)")
            case .spare: reader.warn(place, "the label \(label) is read but not used yet")
            case .carriedOut, .told: break
            case nil:
                reader.warn(
                    place, "the label \(label) has no meaning here",
                    hint: Suggestion.nearest(to: label, in: rules.keys).map { "did you mean \"\($0)\"?" })
            }
        }
    }

    /// What a label says goes into the spec.
    private static func read(_ label: String, _ value: String, at place: Place, _ reader: inout ServiceReader) {
        let affinity = "io.rancher.scheduler.affinity:"
        switch label {
        case "io.rancher.sidekicks":
            reader.readSidekicks(list(value), place)
        case "io.rancher.scheduler.global":
            if value == "true" { reader.change(\.placement) { $0.isGlobal = true } }
        case "io.rancher.service.requested.host.id": reader.change(\.placement) { $0.host = value }
        case "io.rancher.container.start_once":
            if value == "true" { reader.change(\.lifecycle) { $0.startOnce = true } }
        case let label where label.hasPrefix(affinity):
            guard !value.isEmpty else { return }
            if let rule = self.affinity(String(label.dropFirst(affinity.count)), value) {
                reader.change(\.placement) { $0.affinities.append(rule) }
            } else {
                reader.warn(
                    place, "the label \(label) means nothing, and Rancher passed over it too",
                    hint: "host_label, container_label or container, with _ne, _soft or _soft_ne")
            }
        default: break
        }
    }

    private static func affinity(_ name: String, _ value: String) -> ServicePlacement.Affinity? {
        var name = Substring(name)
        let isNegated = name.hasSuffix("_ne")
        if isNegated { name = name.dropLast(3) }
        let isSoft = name.hasSuffix("_soft")
        if isSoft { name = name.dropLast(5) }
        guard let subject = ServicePlacement.Affinity.Subject(rawValue: String(name)) else { return nil }
        return .init(subject: subject, isSoft: isSoft, isNegated: isNegated, terms: list(value))
    }

    private static func list(_ value: String) -> [String] {
        value.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    }

    private static func pullImage(_ value: String, at place: Place, _ reader: inout ServiceReader) {
        if value == "always" {
            reader.spec.alwaysPull = true
        } else {
            reader.warn(
                place, "the label io.rancher.container.pull_image is \"\(value)\", which means nothing",
                hint: "the one value is always")
        }
    }

    private static func place(of label: String, in reader: ServiceReader) -> Place {
        let labels = reader.raw["labels"]
        let pair = labels.flatMap { ServiceMerge.pairs($0.value) }?.first { $0.key == label }
        return pair?.keyPlace ?? labels?.keyPlace ?? reader.raw.place
    }
}
