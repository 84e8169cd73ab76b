import Engines
import Foundation
import Model

/// What to do so that a service without a rollout at work is what it shall be: containers that vanished are made anew,
/// those that were stopped are started, the unhealthy are replaced as the health check's strategy says. What is too many
/// finishes its open requests before it goes, as in a rollout.
///
/// - Parameters:
///   - generation: of the containers that shall run.
///   - placement: where they are to be; nil where there is nothing to choose.
///   - options: of the rollout that brought them.
func repairs(
    of spec: ServiceSpec, generation: Int64, members: [RolloutObservation.Member], placement: Placement? = nil,
    options: RolloutOptions, now: Date
) -> [RolloutStep] {
    let slots = spec.slots(in: placement)
    let drain = spec.drainTime(otherwise: options.drain)
    var steps: [RolloutStep] = []
    var filled: Set<Int> = []
    let standing = members.filter { $0.parkedAt == nil && $0.state != .removing }
    let fit = { (member: RolloutObservation.Member) -> Readiness in
        Readiness(of: member, spec: spec, settle: options.settle, now: now)
    }
    for member in standing.sorted(by: { ($0.slot, $0.id) < ($1.slot, $1.id) }) {
        guard member.generation == generation, slots.contains(member.slot), filled.insert(member.slot).inserted
        else {
            if let step = farewell(to: member, drain: drain, now: now) { steps.append(step) }
            continue
        }
        guard member.isWhole else {
            steps.append(.create(slot: member.slot))
            continue
        }
        // It ran, or was never meant to.
        guard !spec.isLeftAlone else { continue }
        switch member.state {
        case .created, .exited, .dead: steps.append(.start(member.id))
        case .running:
            switch fit(member) {
            case .ready:
                if member.awaitsAdmission { steps.append(.admit(member.id)) }
            case .failed:
                let others = standing.filter { $0.id != member.id && $0.isServing && fit($0) == .ready }
                let mayReplace =
                    switch spec.gate?.strategy {
                    case .recreate?: true
                    case .recreateOnQuorum?: others.count >= spec.healthCheck?.quorum ?? 1
                    case .some(.none), nil: false
                    }
                guard mayReplace else { break }
                if !member.isServing, member.drainStartedAt == nil {
                    steps.append(.remove(member.id))
                } else if let step = farewell(to: member, drain: drain, now: now) {
                    // A unit with a sick sidekick may still serve.
                    steps.append(step)
                }
            case .starting: break
            }
        case .paused, .restarting, .removing: break
        }
    }
    // That a rollout has ended says that each container has run to its end, whether it is still there or not.
    for slot in slots where !filled.contains(slot) && !spec.runsOnce {
        // One that no host takes now is looked at again when a host comes.
        if let placement, placement.hosts[slot] == nil { continue }
        let parked = members.first { $0.parkedAt != nil && $0.generation == generation && $0.slot == slot }
        steps.append(parked.map { .start($0.id) } ?? .create(slot: slot))
    }
    return steps
}

/// Ids of containers that were being parked when the engine went away: they are recorded as parked, and run. Where their
/// unit wasn't parked whole, nothing else stops them after a rollback that failed.
func leftRunning(_ containers: [ObservedContainer], _ records: [String: ContainerRecord]) -> [String] {
    containers.filter { $0.state == .running && records[$0.id]?.parkedAt != nil }.map(\.id)
}

/// How what is left of a service that is no more goes: what served finishes its open requests first.
///
/// - Parameters:
///   - isKept: whether what ran is kept, stopped.
///   - drain: milliseconds that open requests have.
func farewells(
    to members: [RolloutObservation.Member], isKept: Bool, drain: Int, now: Date
) -> [RolloutStep] {
    members.filter { $0.parkedAt == nil }.compactMap { member in
        guard let step = farewell(to: member, drain: drain, now: now) else { return nil }
        return isKept && member.state != .created && step == .remove(member.id) ? .park(member.id) : step
    }
}

/// How one that is too many goes; nil while it finishes what it has.
private func farewell(to member: RolloutObservation.Member, drain: Int, now: Date) -> RolloutStep? {
    guard member.isUp, member.isAdmitted else { return .remove(member.id) }
    guard let since = member.drainStartedAt else { return .drain(member.id) }
    guard !member.isNamed(at: now) else { return nil }
    let isOver = member.isDrained || now >= since.addingTimeInterval(Double(drain) / 1000)
    return isOver ? .remove(member.id) : nil
}
