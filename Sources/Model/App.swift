public import struct Foundation.Date

/// One deployable: a git repository, a branch and its configuration.
public struct App: Hashable, Sendable, Codable, Identifiable {
    /// Where the commits come from.
    public enum Source: Hashable, Sendable {
        /// A git URL that is polled.
        case remote(url: String)
        /// Slipway's own git remote, `/git/<name>.git`.
        case hosted
    }

    public var id: Int64
    /// `orders`: letters, digits, `-`, `_` and `.`; unique.
    public var name: String
    public var source: Source
    /// `main`.
    public var branch: String
    public var createdAt: Date
    /// What the last look at the source or at its files at the branch's head found wrong; nil when all is well.
    public var problem: String?

    public init(id: Int64, name: String, source: Source, branch: String, createdAt: Date, problem: String? = nil) {
        self.id = id
        self.name = name
        self.source = source
        self.branch = branch
        self.createdAt = createdAt
        self.problem = problem
    }
}
