public import Model

/// A row of the list of apps.
public struct AppSummary: Hashable, Sendable, Codable {
    public var app: App
    public var targets: [TargetSummary]
    /// The newest commit and its build.
    public var head: CommitRow?
}

/// What a target runs, in a line.
public struct TargetSummary: Hashable, Sendable, Codable {
    public var target: Target
    /// The last deploy that ended well.
    public var live: Deploy?
    /// The title of the commit that runs.
    public var liveTitle: String?
    /// A deploy that runs or waits.
    public var active: Deploy?
}

/// A commit on a target's page.
public struct CommitRow: Hashable, Sendable, Codable {
    public var commit: Commit
    /// The newest build of the commit.
    public var build: Build?
    public var image: Image?
    /// The newest deploy of this commit to this target.
    public var deploy: Deploy?
    public var isLive: Bool
    public var button: DeployButton
}

/// The button beside a commit, and the reason when it can't be pressed.
public enum DeployButton: Hashable, Sendable {
    /// Press it to see the plan of a deploy, a redeploy or a rollback.
    case available(Deploy.Kind)
    /// "The tests are running", "No image: the build failed", …
    case unavailable(reason: String)
}

/// The page with the commits and the Deploy buttons.
public struct TargetView: Hashable, Sendable, Codable {
    public var summary: TargetSummary
    /// Newest first.
    public var commits: [CommitRow]
    /// Pass as `before` for the next page; nil on the last.
    public var cursor: Int64?
    /// The newest ten deploys, newest first.
    public var deploys: [DeployRow]
    /// The number of commits on the branch that are newer than what runs.
    public var undeployed: Int
}

/// A deploy in a list.
public struct DeployRow: Hashable, Sendable, Codable {
    public var deploy: Deploy
    public var title: String
    public var authorName: String
    /// Whether a click goes back to this deploy's commit, or the reason why not.
    public var rollback: DeployButton
}
