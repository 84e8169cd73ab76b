import Model

/// What a click on a commit would be: forward, the same again, or back.
func deployKind(position: Int64, live: Int64?) -> Deploy.Kind {
    guard let live else { return .deploy }
    if position == live { return .redeploy }
    return position < live ? .rollback : .deploy
}

/// The button beside a commit, from its build and its image.
func deployButton(_ commit: Commit, build: Build?, image: Image?, live: Int64?) -> DeployButton {
    if let obstacle = deployObstacle(commit, build: build, image: image) { return .unavailable(reason: obstacle) }
    return .available(deployKind(position: commit.position, live: live))
}

/// Why a commit can't be deployed; nil when it can. A commit that once was built stays deployable whatever a later
/// build of it did.
func deployObstacle(_ commit: Commit, build: Build?, image: Image?) -> String? {
    if commit.detachedAt != nil { return "No longer on the branch" }
    if image != nil { return nil }
    switch build?.state {
    case nil: return "Not built"
    case .queued: return "Waiting for a build"
    case .running: return "Being tested"
    case .succeeded: return nil
    case .failed: return "The build failed"
    case .cancelled: return "The build was cancelled"
    case .timedOut: return "The build timed out"
    }
}
