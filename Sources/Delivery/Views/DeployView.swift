public import Model

/// What a deploy would do, before the click.
public struct DeployPlan: Hashable, Sendable, Codable {
    public var target: Target
    public var kind: Deploy.Kind
    public var commit: Commit
    public var image: Image?
    /// What runs now; nil before the first deploy.
    public var live: Commit?
    /// Commits that come in (a deploy) or leave (a rollback), newest first.
    public var commits: [Commit]
    /// Commits on the branch that this deploy does not bring.
    public var notIncluded: [Commit]
    /// What runs at the forge between the two; nil where there is no forge.
    public var compareLink: String?
    /// The commands that will run.
    public var steps: [String]
    /// Containers to be replaced, in order.
    public var replacements: [Replacement]
    /// What differs in each service whose image is the app's, `shop/orders`: the image and its digest. What else the
    /// deploy's script changes, it alone knows.
    public var changes: [String: [SpecChange]]
    /// Why the deploy can't start; nil when it can.
    public var obstacle: String?

    /// A container that runs now and will be replaced.
    public struct Replacement: Hashable, Sendable, Codable {
        public var stack: String
        public var service: String
        public var container: String
        /// What it runs now.
        public var revision: SHA?
    }
}

/// A deploy with everything that belongs to it.
public struct DeployView: Hashable, Sendable, Codable {
    public var target: Target
    public var deploy: Deploy
    public var commit: Commit
    public var image: Image?
    /// Commits that came in or left, newest first.
    public var commits: [Commit]
    public var steps: [Step]
    public var rollouts: [Rollout]
    /// How many deploys are before it in the queue; 0 when it is next or runs.
    public var position: Int
    /// The newest deploy that ended well before this one, to go back to.
    public var previous: Deploy?
    /// The rollback that followed, where it was aborted so.
    public var rollback: Deploy?
    /// What keeps it from going on for now, such as a full disk.
    public var notice: String?
}
