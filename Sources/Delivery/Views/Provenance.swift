public import Model

/// Where a revision that runs came from: what was tested, and the image that was made of it.
public struct Provenance: Hashable, Sendable, Codable {
    public var app: App
    public var commit: Commit
    /// The build that made the image; nil where it is gone.
    public var build: Build?
    /// The image with the digest of the push; nil where none was recorded.
    public var image: Image?
    /// The deploy that brought it in.
    public var deploy: Deploy?

    public init(
        app: App, commit: Commit, build: Build? = nil, image: Image? = nil, deploy: Deploy? = nil
    ) {
        self.app = app
        self.commit = commit
        self.build = build
        self.image = image
        self.deploy = deploy
    }
}
