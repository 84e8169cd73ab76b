extension DockerClient {
    /// Maps to `POST /networks/create`, for a bridge with that subnet, in which addresses may be chosen; `.conflict` where
    /// one of that name exists, or another network has a part of the subnet.
    public func createNetwork(_ name: String, labels: [String: String], subnet: String) async throws -> String {
        let body = SubnetBody(name: name, labels: labels, ipam: .init(config: [.init(subnet: subnet)]))
        let created: Created = try await post("/networks/create", [], body, doing: "create the network \(name)")
        return created.id
    }

    /// Maps to `GET /networks/(id)`: its addresses.
    public func networkAddresses(_ name: String) async throws -> NetworkAddressing {
        try await get("/networks/\(Call.escape(name))", doing: "inspect the network \(name)")
    }
}

/// The addresses of a network.
public struct NetworkAddressing: Sendable, Decodable {
    public var labels: [String: String]?
    private var ipam: IPAM
    private var containers: [String: Endpoint]?

    /// `172.18.0.0/16`, the first where there are several.
    public var subnet: String? { ipam.config?.lazy.compactMap(\.subnet).first { !$0.contains(":") } }
    public var gateway: String? { ipam.config?.lazy.compactMap(\.gateway).first { !$0.contains(":") } }
    /// Those of containers that run.
    public var used: [String] {
        (containers ?? [:]).values.map { String($0.address.prefix { $0 != "/" }) }.filter { !$0.isEmpty }
    }

    private enum CodingKeys: String, CodingKey {
        case labels = "Labels"
        case ipam = "IPAM"
        case containers = "Containers"
    }

    private struct IPAM: Sendable, Decodable {
        var config: [Pool]?

        private enum CodingKeys: String, CodingKey { case config = "Config" }
    }

    private struct Pool: Sendable, Decodable {
        var subnet: String?
        var gateway: String?

        private enum CodingKeys: String, CodingKey {
            case subnet = "Subnet"
            case gateway = "Gateway"
        }
    }

    private struct Endpoint: Sendable, Decodable {
        var address: String

        private enum CodingKeys: String, CodingKey { case address = "IPv4Address" }
    }
}

private struct SubnetBody: Encodable {
    var name: String
    var labels: [String: String]
    var ipam: IPAM
    var driver = "bridge"
    var checkDuplicate = true

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case labels = "Labels"
        case ipam = "IPAM"
        case driver = "Driver"
        case checkDuplicate = "CheckDuplicate"
    }

    struct IPAM: Encodable {
        var config: [Pool]

        private enum CodingKeys: String, CodingKey { case config = "Config" }
    }

    struct Pool: Encodable {
        var subnet: String

        private enum CodingKeys: String, CodingKey { case subnet = "Subnet" }
    }
}
