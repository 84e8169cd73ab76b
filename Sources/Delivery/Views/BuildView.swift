public import Model

/// A build with its steps.
public struct BuildView: Hashable, Sendable, Codable {
    public var app: App
    public var commit: Commit
    public var build: Build
    public var steps: [Step]
    public var image: Image?
    /// Other builds of the commit, newest first.
    public var others: [Build]
    /// What the files of the commit say about themselves.
    public var findings: [Finding]
    /// What keeps it from going on for now, such as a full disk.
    public var notice: String?
}
