public import Model

/// What the runner does next with a list of steps.
public enum StepDecision: Hashable, Sendable {
    case start(index: Int)
    /// It is under way: wait for its end.
    case attend(index: Int)
    case skip(index: Int)
    /// Nothing is left to do but to end the background steps.
    case finish(StepsVerdict)
}

/// How a list of steps ended.
public enum StepsVerdict: Hashable, Sendable {
    case succeeded
    /// The step that decided it and why, in a sentence.
    case failed(index: Int, reason: String)
    case timedOut(index: Int, reason: String)
    case cancelled
}

/// Decides from what is recorded alone, so that a restart is no special case.
///
/// A failed step lets only those follow that say `always` or `on_fail` (CircleCI's `when`); after a cancel or a
/// time-out of the job none follows. `halted` means that a step asked to end the job green.
public func nextStep(of steps: [Step], backgrounds: Set<Int> = [], isCancelled: Bool, halted: Bool = false)
    -> StepDecision
{
    for step in steps where step.state == .running && !backgrounds.contains(step.index) {
        return .attend(index: step.index)
    }
    let verdict = verdict(of: steps, isCancelled: isCancelled)
    for step in steps where step.state == .waiting {
        guard mayRun(step.condition, after: verdict), !halted else { return .skip(index: step.index) }
        return .start(index: step.index)
    }
    return .finish(verdict)
}

/// Whether waiting may mend it: something that is needed doesn't answer, or the disk is full.
func mayPass(_ failure: Failure) -> Bool {
    failure.code == .unavailable || failure.description.contains("o space left on device")
}

/// What the steps that ended add up to.
public func verdict(of steps: [Step], isCancelled: Bool) -> StepsVerdict {
    if isCancelled || steps.contains(where: { $0.state == .cancelled }) { return .cancelled }
    for step in steps {
        switch step.state {
        case .timedOut:
            return .timedOut(index: step.index, reason: "\(step.name): \(step.reason ?? "timed out")")
        case .failed, .lost:
            return .failed(index: step.index, reason: "\(step.name): \(step.reason ?? "failed")")
        case .waiting, .running, .succeeded, .skipped, .cancelled: continue
        }
    }
    return .succeeded
}

private func mayRun(_ condition: Step.Condition, after verdict: StepsVerdict) -> Bool {
    switch (verdict, condition) {
    case (.succeeded, .onSuccess), (.succeeded, .always): true
    case (.failed, .always), (.failed, .onFail): true
    case (.timedOut, .always), (.timedOut, .onFail): true
    default: false
    }
}
