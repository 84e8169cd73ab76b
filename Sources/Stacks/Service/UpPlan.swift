import Foundation
import Model

/// What is known of a service when `up` is asked for.
struct ServiceSituation: Sendable {
    /// What it is or, with a rollout under way, will be.
    var spec: ServiceSpec?
    /// The rollout that has not ended yet.
    var open: RolloutRecord?
    /// What ran before the last good rollout.
    var before: ServiceSpec?
    /// What it shall be when no rollout is at work; nil before the first has ended.
    var settled: ServiceSpec?
}

/// What `up` shall do about one service.
enum ServiceDecision: Sendable {
    /// Nothing; why.
    case leave(ServiceOutcome.Action, String)
    /// A rollout to this spec.
    case roll(ServiceOutcome.Action, ServiceSpec, isForced: Bool, String)
    /// Cancel the rollout under way, which brings back what ran.
    case cancel(RolloutRecord, String)
}

/// The outcome table of Rancher's `up` (reference/rancher.md 1.4), with its defects mended: a scale that differs is
/// carried out, and an out-of-sync service is said to be so.
func decision(on spec: ServiceSpec, _ request: UpRequest, _ now: ServiceSituation) throws -> ServiceDecision {
    let name = spec.name
    if request.rollback {
        if let open = now.open, open.rollout.state != .rollingBack {
            return .cancel(open, "\(name): the upgrade under way is taken back")
        }
        guard let current = now.spec else { return .leave(.unchanged, "\(name) does not exist: nothing to roll back") }
        guard now.open == nil else { return .leave(.rolledBack, "\(name) is being rolled back already") }
        guard let before = now.before else {
            throw Failure(
                .conflict, "\(request.stack)/\(name) has nothing to go back to: \(current.image) was its first",
                hint: "Deploy the revision that you want.")
        }
        return .roll(.rolledBack, before, isForced: false, "\(name): going back to \(before.image)")
    }
    guard let current = now.spec else {
        return .roll(.created, spec, isForced: false, "\(name): creating \(spec.newcomers)")
    }
    if current.hash != spec.hash {
        guard request.upgrade || request.forceUpgrade else {
            return .leave(
                .outOfSync,
                "\(name) is out of sync with the file: it runs \(current.image); add --upgrade to replace it")
        }
        return .roll(
            .upgraded, spec, isForced: request.forceUpgrade,
            spec.kind == .containers
                ? "\(name): upgrading \(current.image) to \(spec.image)" : "\(name): changing \(spec.newcomers)")
    }
    if request.forceUpgrade {
        return .roll(.upgraded, spec, isForced: true, "\(name): replacing all containers of \(spec.image)")
    }
    if current.scale != spec.scale {
        return .roll(.scaled, spec, isForced: false, "\(name): scaling from \(current.scale) to \(spec.scale)")
    }
    return .leave(.unchanged, "\(name): no change")
}

/// Keys of a service and its sidekicks that a Docker Engine can't honour, or that contradict each other, a sentence each.
func objections(to service: ServiceSpec, edge: Bool) -> [String] {
    var found: [String] = []
    let names = Set(service.parts.map(\.name))
    for part in service.parts {
        var part = part
        part.scale = service.scale
        found += objections(toPart: part, edge: edge)
        for other in part.partsInUse.subtracting(names).sorted() {
            found.append(
                "\(part.name): it uses volumes or a namespace of \(other), which must be its sidekick:"
                    + " io.rancher.sidekicks")
        }
    }
    return found
}

private func objections(toPart spec: ServiceSpec, edge: Bool) -> [String] {
    var found: [String] = []
    let name = spec.name
    if !isUsableName(name) { found.append("\(name) can't be a service's name: letters, digits, `-`, `_`, `.`") }
    if spec.scale < 0 { found.append("\(name): the scale \(spec.scale) is less than 0") }
    for link in spec.strangeLinks {
        found.append("\(name): the external link \(link) names no service of another stack: write stack/service:alias")
    }
    found += spec.balancerObjections(edge: edge).map { "\(name): \($0)" }
    let parts = spec.partsThatWait
    if !parts.isEmpty {
        found.append("\(name): \(parts.joined(separator: ", ")) can't be carried out on a Docker Engine yet")
    }
    for constraint in spec.placement?.unreadableConstraints ?? [] {
        found.append("\(name): the constraint \"\(constraint)\" can't be read, as in node.labels.disk == ssd")
    }
    if spec.retainIP, spec.startFirst == true { found.append("\(name): retain_ip and start_first exclude each other") }
    let published = spec.publishedPorts(edge: edge).filter { $0.hostPort != nil }
    if spec.scale > 1, let port = published.first {
        found.append(
            "\(name): \(port.transport.rawValue) port \(port.hostPort ?? 0) can be published by one container only,"
                + " and the scale is \(spec.scale)")
    }
    if spec.networkMode == "none", spec.healthCheck != nil {
        found.append("\(name): a container without a network can't have a health check")
    }
    if spec.networkMode == "host", spec.scale > 1, spec.healthCheck != nil {
        found.append("\(name): with the host's network only one container can listen, and the scale is \(spec.scale)")
    }
    for config in spec.unwritableConfigs {
        found.append(
            "\(name): the container is read_only, so that the config \(config.source) can only be in one of its volumes"
        )
    }
    if spec.networking?.macAddress != nil, spec.scale > 1 {
        found.append("\(name): one container only can have the mac_address, and the scale is \(spec.scale)")
    }
    if spec.readOnly, let file = spec.secrets?.files.first(where: { !$0.target.hasPrefix("\(SecretFile.folder)/") }) {
        found.append(
            "\(name): the container is read_only, so that the secret \(file.source) can only be in \(SecretFile.folder)"
        )
    }
    return found
}
