import Client
import Model

/// Prints the batch logs of rollouts until all have ended.
struct RolloutFollower {
    let client: SlipwayClient
    var isQuiet = false

    /// Throws the failure of the worst one: rolled back (exit 3), timed out (4), failed (1).
    func follow(_ ids: [Int64]) async throws {
        var printed: [Int64: Int] = [:]
        var open = ids
        var failures: [Failure] = []
        while !open.isEmpty {
            for id in open {
                let rollout: Rollout = try await client.get("/rollouts/\(id)")
                for entry in rollout.log.dropFirst(printed[id] ?? 0) where !isQuiet {
                    Terminal.print("[\(rollout.service)]: \(entry.text)")
                }
                printed[id] = rollout.log.count
                guard rollout.state.isFinal else { continue }
                open.removeAll { $0 == id }
                if let failure = Self.failure(of: rollout) { failures.append(failure) }
            }
            if !open.isEmpty { try await Task.sleep(for: .milliseconds(200)) }
        }
        if let worst = failures.max(by: { $0.exitStatus < $1.exitStatus }) { throw worst }
    }

    /// What a rollout's end means for the command's exit status; nil when all is well.
    static func failure(of rollout: Rollout) -> Failure? {
        let reason = rollout.reason ?? "no reason known"
        if rollout.isOverdue {
            let end = rollout.state == .rolledBack ? " and was rolled back" : ""
            return Failure(.timedOut, "\(rollout.service) was not done in time\(end)", cause: reason)
        }
        switch rollout.state {
        case .queued, .rolling, .rollingBack, .done: return nil
        case .rolledBack:
            return Failure(.rolledBack, "\(rollout.service) failed and was rolled back", cause: reason)
        case .failed: return Failure(.failed, "\(rollout.service) failed, with nothing to go back to", cause: reason)
        case .rollbackFailed:
            return Failure(.failed, "\(rollout.service) failed, and so did its rollback", cause: reason)
        case .cancelled: return Failure(.failed, "\(rollout.service) was cancelled", cause: reason)
        }
    }
}
