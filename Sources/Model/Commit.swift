public import struct Foundation.Date

/// A commit on an app's branch, first-parent.
public struct Commit: Hashable, Sendable, Codable, Identifiable {
    public var id: Int64
    public var appID: Int64
    public var sha: SHA
    public var authorName: String
    public var authorEmail: String
    public var committedAt: Date
    /// First line of the message.
    public var title: String
    /// The rest of the message.
    public var body: String
    public var additions: Int
    public var deletions: Int
    /// Grows along the branch: the newest commit has the highest.
    public var position: Int64
    /// When Slipway first saw it.
    public var seenAt: Date
    /// When a force push took it off the branch; nil while it is reachable.
    public var detachedAt: Date?

    public init(
        id: Int64, appID: Int64, sha: SHA, authorName: String, authorEmail: String, committedAt: Date, title: String,
        body: String, additions: Int, deletions: Int, position: Int64, seenAt: Date, detachedAt: Date? = nil
    ) {
        self.id = id
        self.appID = appID
        self.sha = sha
        self.authorName = authorName
        self.authorEmail = authorEmail
        self.committedAt = committedAt
        self.title = title
        self.body = body
        self.additions = additions
        self.deletions = deletions
        self.position = position
        self.seenAt = seenAt
        self.detachedAt = detachedAt
    }

    /// Number of the pull request that GitHub's merge (`Merge pull request #12 from …`) or squash (`Title (#12)`)
    /// message names.
    public var pullRequest: Int? {
        if let match = title.firstMatch(of: #/^Merge pull request \#(\d+) from /#) { return Int(match.1) }
        if let match = title.firstMatch(of: #/\(\#(\d+)\)$/#) { return Int(match.1) }
        return nil
    }
}
