public import Model
public import struct Foundation.Date

/// What to do next for `rollout`: computed from what is recorded and what is seen, never from what was done before,
/// so that a restart at any point changes nothing.
public func nextStep(of rollout: Rollout, given seen: RolloutObservation, now: Date) -> RolloutStep {
    switch rollout.state {
    case .queued:
        return seen.cancelRequested ? .finish(.cancelled, reason: rollout.reason ?? "cancelled") : .begin
    case .rolling:
        return nextForward(rollout, seen, now)
    case .rollingBack:
        return nextBack(rollout, seen, now)
    case .done, .rolledBack, .failed, .rollbackFailed, .cancelled:
        return .rest
    }
}

private func nextForward(_ rollout: Rollout, _ seen: RolloutObservation, _ now: Date) -> RolloutStep {
    if seen.cancelRequested { return .beginRollback("cancelled") }
    if let problem = seen.problem { return .beginRollback(problem) }
    if let deadline = rollout.deadline, now >= deadline {
        let waitingFor = (seen.unavailable ?? seen.placement?.reason).map { ": \($0)" } ?? ""
        let time = rollout.options.deadline(replacing: rollout.previous ?? rollout.spec)
        return .beginRollback("not done after \(time / 1000) s\(waitingFor)")
    }
    // What can't be brought in whole isn't begun.
    if let reason = seen.unavailable ?? seen.placement?.reason { return .wait(reason, until: rollout.deadline) }
    let pass = RolloutPass(
        goal: rollout.spec, generation: seen.generation, rollout: rollout, seen: seen, now: now)
    if let failure = pass.failure { return .beginRollback(failure) }
    let step = pass.step ?? .finish(.done, reason: nil)
    // What earlier rollouts left is removed where there is nothing to do but wait, and at the latest at the end.
    switch step {
    case .wait, .finish: return seen.members.first(where: pass.isLeftOver).map { .remove($0.id) } ?? step
    default: return step
    }
}

private func nextBack(_ rollout: Rollout, _ seen: RolloutObservation, _ now: Date) -> RolloutStep {
    let whatFailed = rollout.reason ?? "the rollout failed"
    let lost: Rollout.State = rollout.previous == nil ? .failed : .rollbackFailed
    if let problem = seen.problem { return .finish(lost, reason: "\(whatFailed); then going back failed: \(problem)") }
    if let deadline = rollout.deadline, now >= deadline {
        let waitingFor = seen.unavailable.map { ": \($0)" } ?? ""
        let time = rollout.options.deadline(replacing: rollout.spec)
        return .finish(lost, reason: "\(whatFailed); going back was not done after \(time / 1000) s\(waitingFor)")
    }
    if let unavailable = seen.unavailable { return .wait(unavailable, until: rollout.deadline) }
    let pass = RolloutPass(
        goal: rollout.previous, generation: seen.previousGeneration, rollout: rollout, seen: seen, now: now)
    if let failure = pass.failure {
        return .finish(lost, reason: "\(whatFailed); then going back failed: \(failure)")
    }
    if let step = pass.step { return step }
    if seen.cancelRequested { return .finish(.cancelled, reason: whatFailed) }
    return .finish(rollout.previous == nil ? .failed : .rolledBack, reason: whatFailed)
}
