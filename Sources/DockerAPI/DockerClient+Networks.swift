extension DockerClient {
    /// Maps to `GET /networks/(id)`.
    public func network(_ name: String) async throws -> NetworkInspection {
        try await get("/networks/\(Call.escape(name))", doing: "inspect the network \(name)")
    }

    /// Maps to `POST /networks/create`, for a bridge; `.conflict` where one of that name exists.
    public func createNetwork(_ name: String, labels: [String: String]) async throws -> String {
        let created: Created = try await post(
            "/networks/create", [], NetworkBody(name: name, labels: labels), doing: "create the network \(name)")
        return created.id
    }

    /// Maps to `POST /networks/(id)/connect`; `.conflict` where the container runs and is in it already.
    public func connect(_ container: String, to network: String, _ endpoint: CreateContainer.Endpoint) async throws {
        let call = Call(
            method: "POST", path: "/networks/\(Call.escape(network))/connect",
            body: Array(try JSON.text(of: ConnectBody(container: container, endpoint: endpoint)).utf8),
            doing: "connect the container \(container.prefix(12)) to the network \(network)")
        _ = try await self.call(call)
    }

    /// Maps to `DELETE /networks/(id)`.
    public func removeNetwork(_ name: String) async throws {
        try await delete("/networks/\(Call.escape(name))", doing: "remove the network \(name)")
    }
}

/// A network as the engine shows it.
public struct NetworkInspection: Sendable, Decodable {
    public var id: String
    public var name: String
    public var driver: String
    public var labels: [String: String]?

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case name = "Name"
        case driver = "Driver"
        case labels = "Labels"
    }
}

/// Id of what was created.
struct Created: Decodable {
    var id: String

    private enum CodingKeys: String, CodingKey { case id = "Id" }
}

private struct ConnectBody: Encodable {
    var container: String
    var endpoint: CreateContainer.Endpoint

    private enum CodingKeys: String, CodingKey {
        case container = "Container"
        case endpoint = "EndpointConfig"
    }
}

private struct NetworkBody: Encodable {
    var name: String
    var labels: [String: String]
    var driver = "bridge"
    /// Without it, two networks may have one name.
    var checkDuplicate = true

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case labels = "Labels"
        case driver = "Driver"
        case checkDuplicate = "CheckDuplicate"
    }
}
