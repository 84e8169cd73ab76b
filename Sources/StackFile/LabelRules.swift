internal import Model

/// Labels by which Rancher was told what to do.
enum LabelRules {
    private enum Rule {
        case pullImage
        case refusedWhenTrue
        case refused
        case unused
    }

    private static let rules: [String: Rule] = [
        "io.rancher.container.pull_image": .pullImage,
        "io.rancher.sidekicks": .refused,
        "io.rancher.container.create_agent": .refusedWhenTrue,
        "io.rancher.container.agent.role": .refused,
        "io.rancher.container.start_once": .refusedWhenTrue,
        "io.rancher.scheduler.global": .unused,
        "io.rancher.service.requested.host.id": .unused,
        "io.rancher.container.dns": .unused,
        "io.rancher.container.dns.priority": .unused,
        "io.rancher.container.hostname_override": .unused,
        "io.rancher.service.selector.link": .refused,
        "io.rancher.service.selector.container": .refused,
    ]

    static func apply(_ reader: inout ServiceReader) {
        for (label, value) in reader.spec.labels.sorted(by: { $0.key < $1.key }) {
            let rule = rules[label] ?? (label.hasPrefix("io.rancher.scheduler.affinity:") ? .unused : nil)
            let place = place(of: label, in: reader)
            switch rule {
            case .pullImage: pullImage(value, at: place, &reader)
            case .refusedWhenTrue where value != "true": break
            case .refused where value.isEmpty: break
            case .refused, .refusedWhenTrue:
                reader.error(
                    place, "the label \(label) is not carried out yet, and leaving it out would change what runs")
            case .unused: reader.warn(place, "the label \(label) is read but not used yet")
            case nil: break
            }
        }
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
