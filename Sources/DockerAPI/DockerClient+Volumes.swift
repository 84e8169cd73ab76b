extension DockerClient {
    /// Maps to `POST /volumes/create`, which returns a volume that exists as it is.
    public func createVolume(_ name: String, labels: [String: String]) async throws {
        let _: CreatedVolume = try await post(
            "/volumes/create", [], VolumeBody(name: name, labels: labels), doing: "create the volume \(name)")
    }
}

private struct CreatedVolume: Decodable {
    var name: String

    private enum CodingKeys: String, CodingKey { case name = "Name" }
}

private struct VolumeBody: Encodable {
    var name: String
    var labels: [String: String]

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case labels = "Labels"
    }
}
