import Engines
import Model

/// A service, the hosts that there are, and what stands on them: everything that decides where its containers are.
struct PlacementScene: Sendable {
    let spec: ServiceSpec
    /// `stack/service`.
    let service: String
    /// Of the containers that shall run; those of others go.
    let generation: Int64?
    let hosts: [EngineHost]
    /// Containers of the service, parked ones and those that go included.
    let own: [PlacedContainer]
    /// What is on the hosts when the service is what it shall be, as far as it is known yet.
    private(set) var standing: [PlacedContainer]
    /// Labels that its containers have.
    let labels: [String: String]
    private let rules: [PlacementRule]
    private let spreads: [PlacementRule.Term]

    init(
        _ spec: ServiceSpec, in stack: String, generation: Int64?, on hosts: [EngineHost],
        among containers: [PlacedContainer]
    ) {
        self.spec = spec
        self.generation = generation
        let service = "\(stack)/\(spec.name)"
        self.service = service
        self.hosts = hosts.sorted { $0.name < $1.name }
        own = containers.filter { $0.service == service }
        standing = containers.filter { !$0.isParked && ($0.service != service || $0.generation == generation) }
        labels = spec.labels.merging([
            Label.rancherStack: stack, Label.rancherService: service, Label.service: spec.name, Label.stack: stack,
        ]) { $1 }
        rules = spec.placement?.rules(stack: stack, service: spec.name) ?? []
        spreads = spec.placement?.spreads ?? []
    }

    /// The host with the fewest containers of those that fit; soft rules are dropped from the last on where none does.
    /// The one that is `preferred`, for what it has of the container's data, goes before.
    func choice(preferring preferred: String?) -> (host: EngineHost?, reason: String?) {
        let fit = hosts.filter { $0.isUp && objection(to: $0) == nil }
        guard !fit.isEmpty else { return (nil, reason) }
        var soft = rules.filter(\.isSoft)
        while true {
            let best = fit.filter { host in soft.allSatisfy { $0.objection(to: host, self) == nil } }
            if let host = best.first(where: { $0.name == preferred }) ?? best.min(by: { rank($0) < rank($1) }) {
                return (host, nil)
            }
            soft.removeLast()
        }
    }

    /// Hosts that a global service is on.
    var fittingHosts: [EngineHost] {
        hosts.filter { host in
            host.isUp && rules.allSatisfy { $0.isSoft || !$0.isOfHost || $0.objection(to: host, self) == nil }
        }
    }

    /// Why no host will do, each with its first reason.
    var reason: String {
        let reasons = hosts.prefix(5).compactMap { host in
            host.isUp ? objection(to: host) : "\(host.name) doesn't answer"
        }
        let rest = hosts.count > 5 ? ", and \(hosts.count - 5) more" : ""
        return "no host fits \(service): \(reasons.joined(separator: ", "))\(rest)"
    }

    /// Puts a container of the service on a host.
    mutating func put(slot: Int, on host: String) {
        standing.append(
            .init(
                name: "", service: service, generation: generation, slot: slot, host: host, labels: labels))
    }

    private func objection(to host: EngineHost) -> String? {
        rules.lazy.filter { !$0.isSoft }.compactMap { $0.objection(to: host, self) }.first
    }

    /// What is compared from the left: how many of the service are in its zones, how many containers it has, its name.
    private func rank(_ host: EngineHost) -> [Int] {
        let zones = spreads.map { spread in
            let value = { (host: EngineHost) in host.labels.first { $0.key.lowercased() == spread.key }?.value ?? "" }
            let mine = Set(hosts.filter { value($0) == value(host) }.map(\.name))
            return standing.count { $0.service == service && mine.contains($0.host) }
        }
        let there = standing.filter { $0.host == host.name }
        return zones + [there.count, there.count { $0.service == service }]
    }
}

private func < (one: [Int], other: [Int]) -> Bool { one.lexicographicallyPrecedes(other) }
