import Model
import Pipeline

/// How a deploy ends, from what its steps and its rollouts came to.
struct DeployVerdict: Hashable, Sendable {
    var state: Deploy.State
    var reason: String?
}

/// Decides the end of a deploy whose steps and rollouts are over; abort wins, whatever the script's exit status was.
func deployVerdict(
    steps: StepsVerdict, rollouts: [Rollout], isAborted: Bool, verification: Deploy.Verification
) -> DeployVerdict {
    if isAborted { return DeployVerdict(state: .aborted, reason: "Aborted on request") }
    let broken = rollouts.first { [.failed, .rolledBack, .rollbackFailed].contains($0.state) }
    switch steps {
    case .cancelled: return DeployVerdict(state: .aborted, reason: "Aborted on request")
    case .timedOut(_, let reason): return DeployVerdict(state: .timedOut, reason: reason)
    case .failed(_, let reason):
        guard let broken else { return DeployVerdict(state: .failed, reason: reason) }
        return verdict(of: broken)
    case .succeeded:
        // A script may pass although a rollout of its failed: the deploy did not.
        if let broken { return verdict(of: broken) }
        if case .differs(let what) = verification {
            return DeployVerdict(
                state: .failed, reason: "What runs is not what was tested: \(what.joined(separator: "; "))")
        }
        return DeployVerdict(state: .succeeded)
    }
}

private func verdict(of rollout: Rollout) -> DeployVerdict {
    let reason = "\(rollout.service): \(rollout.reason ?? rollout.state.rawValue)"
    return DeployVerdict(state: rollout.state == .rolledBack ? .rolledBack : .failed, reason: reason)
}
