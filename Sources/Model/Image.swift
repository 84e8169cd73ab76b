public import struct Foundation.Date

/// What a build produced and pushed: never changed, only added to.
public struct Image: Hashable, Sendable, Codable, Identifiable {
    public var id: Int64
    public var appID: Int64
    public var buildID: Int64
    public var sha: SHA
    /// The name that compose files use: `acme/orders`.
    public var name: String
    /// Where it was pushed: `127.0.0.1:5000/acme/orders`.
    public var location: String
    /// As the push returned it.
    public var digest: Digest
    public var pushedAt: Date

    public init(
        id: Int64, appID: Int64, buildID: Int64, sha: SHA, name: String, location: String, digest: Digest,
        pushedAt: Date
    ) {
        self.id = id
        self.appID = appID
        self.buildID = buildID
        self.sha = sha
        self.name = name
        self.location = location
        self.digest = digest
        self.pushedAt = pushedAt
    }

    /// `location@digest`: what containers are created from.
    public var pinned: String { "\(location)@\(digest)" }
}
