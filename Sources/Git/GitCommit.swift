public import struct Foundation.Date
public import struct Model.SHA

/// A commit as git knows it.
public struct GitCommit: Hashable, Sendable {
    /// Its full name.
    public var sha: SHA
    /// As the commit has it.
    public var authorName: String
    /// As the commit has it.
    public var authorEmail: String
    /// The committer's date.
    public var committedAt: Date
    /// First line of the message.
    public var title: String
    /// The rest of the message, without the blank lines around it.
    public var body: String
    /// Lines added, against the first parent; binary files count 0.
    public var additions: Int
    /// Lines deleted, against the first parent.
    public var deletions: Int

    /// A commit with these values.
    public init(
        sha: SHA, authorName: String, authorEmail: String, committedAt: Date, title: String, body: String,
        additions: Int = 0, deletions: Int = 0
    ) {
        self.sha = sha
        self.authorName = authorName
        self.authorEmail = authorEmail
        self.committedAt = committedAt
        self.title = title
        self.body = body
        self.additions = additions
        self.deletions = deletions
    }
}
