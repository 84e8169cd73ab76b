import Model

/// What to do next with the deploys of one target that have not ended.
enum QueueDecision: Hashable, Sendable {
    case start(Int64)
    /// A newer commit was deployed since it was asked for.
    case supersede(Int64)
    /// One runs, or nothing waits.
    case nothing
}

/// One exclusive deploy a target, in the order of the requests; the rollback that follows an abort comes first.
///
/// - Parameters:
///   - open: deploys that have not ended, oldest first, with their commits' positions.
///   - deployedSince: for a queued deploy, the highest position that was brought live after it was asked for.
func nextDeploy(
    open: [(deploy: Deploy, position: Int64)], deployedSince: (Deploy) -> Int64?
) -> QueueDecision {
    if open.contains(where: { $0.deploy.state != .queued }) { return .nothing }
    // Who aborted a deploy to go back waits for nothing else.
    if let rollback = open.first(where: { $0.deploy.rollbackOf != nil }) { return .start(rollback.deploy.id) }
    for (deploy, position) in open {
        if deploy.kind == .deploy, let newest = deployedSince(deploy), newest > position {
            return .supersede(deploy.id)
        }
        return .start(deploy.id)
    }
    return .nothing
}
