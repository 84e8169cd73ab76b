import Engines
import Foundation
import Model

/// The next step of a rollout, with those that may be done at the same time: each would be the next once those before it
/// were done, and is of the same kind, for another container. A batch starts, and goes, as fast as its slowest container.
///
/// - Parameters:
///   - limit: how many at most.
///   - decide: what is next; ``nextStep(of:given:now:)``.
func stepsAtOnce(
    of rollout: Rollout, given seen: RolloutObservation, now: Date, limit: Int = 16,
    decide: (Rollout, RolloutObservation, Date) -> RolloutStep
) -> [RolloutStep] {
    let first = decide(rollout, seen, now)
    guard let kind = first.kind else { return [first] }
    var steps = [first]
    var expected = seen
    while steps.count < limit, expected.expect(steps[steps.count - 1], of: rollout, now: now) {
        let next = decide(rollout, expected, now)
        guard next.kind == kind, let subject = next.subject(in: seen), !steps.contains(next),
            !steps.contains(where: { $0.subject(in: seen) == subject })
        else { break }
        steps.append(next)
    }
    return steps
}

extension RolloutStep {
    /// What may be done to several containers at once.
    fileprivate enum Kind { case bringUp, admit, drain, putAway }

    fileprivate var kind: Kind? {
        switch self {
        case .create, .start: .bringUp
        case .admit: .admit
        case .drain: .drain
        case .park, .remove: .putAway
        case .begin, .pull, .wait, .beginRollback, .finish, .rest: nil
        }
    }

    /// What it is about: a unit that was seen, or the slot that one is missing in.
    fileprivate func subject(in seen: RolloutObservation) -> String? {
        switch self {
        case .create(let slot): "slot \(slot)"
        case .start(let id), .admit(let id), .drain(let id), .park(let id), .remove(let id):
            seen.members.contains { $0.id == id } ? id : nil
        case .begin, .pull, .wait, .beginRollback, .finish, .rest: nil
        }
    }
}

extension RolloutObservation {
    /// Changes what is seen to what will be while the step is being carried out; false where nothing can be said of it.
    fileprivate mutating func expect(_ step: RolloutStep, of rollout: Rollout, now: Date) -> Bool {
        switch step {
        case .create(let slot):
            guard let generation = rollout.state == .rolling ? generation : previousGeneration else { return false }
            if let index = members.firstIndex(where: {
                $0.generation == generation && $0.slot == slot && $0.parkedAt == nil
            }) {
                members[index].isWhole = true
                members[index].begin(now)
            } else {
                members.append(
                    Member(
                        id: "slot \(slot)", name: "slot \(slot)", slot: slot, generation: generation, state: .running,
                        startedAt: now))
            }
            return true
        case .start(let id): return change(id) { $0.begin(now) }
        case .admit(let id):
            return change(id) { member in
                (member.isAdmitted, member.isInEdge, member.drainStartedAt) = (true, true, nil)
                for index in member.parts.indices { member.parts[index].isAdmitted = true }
            }
        case .drain(let id):
            return change(id) { ($0.drainStartedAt, $0.isDrained) = (now, false) }
        case .park(let id):
            return change(id) { member in
                (member.parkedAt, member.state, member.isAdmitted) = (member.parkedAt ?? now, .exited, false)
                for index in member.parts.indices where !member.parts[index].isKept {
                    member.parts[index].state = .exited
                }
            }
        case .remove(let id):
            members.removeAll { $0.id == id }
            return true
        case .begin, .pull, .wait, .beginRollback, .finish, .rest: return false
        }
    }

    private mutating func change(_ id: String, _ body: (inout Member) -> Void) -> Bool {
        guard let index = members.firstIndex(where: { $0.id == id }) else { return false }
        body(&members[index])
        return true
    }
}

extension RolloutObservation.Member {
    /// It was started a moment ago, and nothing is known of it yet.
    fileprivate mutating func begin(_ now: Date) {
        (state, exitStatus, startedAt, parkedAt, health) = (.running, nil, now, nil, nil)
        for index in parts.indices where !parts[index].isDone && !parts[index].isUp {
            parts[index].state = .running
            parts[index].exitStatus = nil
            parts[index].startedAt = now
            parts[index].health = nil
        }
    }
}
