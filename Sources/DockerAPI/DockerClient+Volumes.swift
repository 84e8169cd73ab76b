extension DockerClient {
    /// Maps to `POST /volumes/create`, which returns a volume that exists as it is.
    /// `.conflict` for one that exists with another driver.
    public func createVolume(
        _ name: String, driver: String? = nil, options: [String: String] = [:], labels: [String: String]
    ) async throws {
        let body = VolumeBody(name: name, driver: driver, options: options.isEmpty ? nil : options, labels: labels)
        let _: NamedVolume = try await post("/volumes/create", [], body, doing: "create the volume \(name)")
    }

    /// Maps to `DELETE /volumes/(name)`, for what holds nobody's data.
    public func removeVolume(_ name: String) async throws {
        try await delete("/volumes/\(Call.escape(name))", doing: "remove the volume \(name)")
    }

    /// Maps to `GET /volumes/(name)`.
    public func volume(_ name: String) async throws {
        let _: NamedVolume = try await get("/volumes/\(Call.escape(name))", doing: "inspect the volume \(name)")
    }
}

private struct NamedVolume: Decodable {
    var name: String

    private enum CodingKeys: String, CodingKey { case name = "Name" }
}

private struct VolumeBody: Encodable {
    var name: String
    var driver: String?
    var options: [String: String]?
    var labels: [String: String]

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case driver = "Driver"
        case options = "DriverOpts"
        case labels = "Labels"
    }
}
