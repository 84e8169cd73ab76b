extension DockerClient {
    /// Maps to `GET /info`.
    public func info() async throws -> SystemInfo { try await get("/info", doing: "tell about itself") }

    /// Maps to `GET /_ping`.
    public func ping() async throws {
        _ = try await call(Call(method: "GET", path: "/_ping", doing: "answer"), timeout: .seconds(5))
    }
}

/// What the engine says of itself.
public struct SystemInfo: Sendable, Decodable {
    /// Name of the host.
    public var name: String
    /// `20.10.24+dfsg1`.
    public var serverVersion: String
    public var processors: Int
    /// Bytes.
    public var memory: Int64
    public var id: String?
    /// `disk=ssd`, as the daemon's configuration has them.
    public var labels: [String]?
    /// `6.1.0-18-amd64`.
    public var kernelVersion: String?
    /// `x86_64`.
    public var architecture: String?

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case serverVersion = "ServerVersion"
        case processors = "NCPU"
        case memory = "MemTotal"
        case id = "ID"
        case labels = "Labels"
        case kernelVersion = "KernelVersion"
        case architecture = "Architecture"
    }
}
