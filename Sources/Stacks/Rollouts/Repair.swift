import Engines
import Foundation
import Model

/// What to do so that a service without a rollout at work is what it shall be: containers that vanished are made anew,
/// those that were stopped are started, the unhealthy are replaced as the health check's strategy says. What is too many
/// finishes its open requests before it goes, as in a rollout.
///
/// - Parameters:
///   - generation: of the containers that shall run.
///   - options: of the rollout that brought them.
func repairs(
    of spec: ServiceSpec, generation: Int64, members: [RolloutObservation.Member], options: RolloutOptions, now: Date
) -> [RolloutStep] {
    var steps: [RolloutStep] = []
    var filled: Set<Int> = []
    let standing = members.filter { $0.parkedAt == nil && $0.state != .removing }
    let fit = { (member: RolloutObservation.Member) -> Readiness in
        Readiness(of: member, check: spec.healthCheck, settle: options.settle, now: now)
    }
    for member in standing.sorted(by: { ($0.slot, $0.id) < ($1.slot, $1.id) }) {
        guard member.generation == generation, (1...max(spec.scale, 1)).contains(member.slot), spec.scale > 0,
            filled.insert(member.slot).inserted
        else {
            if let step = farewell(to: member, drain: spec.drainTime(otherwise: options.drain), now: now) {
                steps.append(step)
            }
            continue
        }
        switch member.state {
        case .created, .exited, .dead: steps.append(.start(member.id))
        case .running:
            switch fit(member) {
            case .ready:
                if !member.isAdmitted || member.drainStartedAt != nil { steps.append(.admit(member.id)) }
            case .failed:
                let others = standing.filter { $0.id != member.id && $0.isServing && fit($0) == .ready }
                let mayReplace =
                    switch spec.healthCheck?.strategy {
                    case .recreate?: true
                    case .recreateOnQuorum?: !others.isEmpty
                    case .some(.none), nil: false
                    }
                if mayReplace { steps.append(.remove(member.id)) }
            case .starting: break
            }
        case .paused, .restarting, .removing: break
        }
    }
    for slot in 1...max(spec.scale, 1) where spec.scale > 0 && !filled.contains(slot) {
        let parked = members.first { $0.parkedAt != nil && $0.generation == generation && $0.slot == slot }
        steps.append(parked.map { .start($0.id) } ?? .create(slot: slot))
    }
    return steps
}

/// How one that is too many goes; nil while it finishes what it has.
private func farewell(to member: RolloutObservation.Member, drain: Int, now: Date) -> RolloutStep? {
    guard member.isUp, member.isAdmitted else { return .remove(member.id) }
    guard let since = member.drainStartedAt else { return .drain(member.id) }
    let isOver = member.isDrained || now >= since.addingTimeInterval(Double(drain) / 1000)
    return isOver ? .remove(member.id) : nil
}
