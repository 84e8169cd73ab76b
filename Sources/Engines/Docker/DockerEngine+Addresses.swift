import DockerAPI
import Model

extension DockerEngine {
    /// Carried by networks that were made with a subnet: the engine shows one for all, and lets addresses be chosen in
    /// those alone.
    private static let label = "dev.slipway.addresses"

    public func ensureAddressedNetwork(
        _ name: String, labels: [String: String]
    ) async throws -> NetworkAddresses? {
        try await alone(withNetwork: name) {
            for _ in 1...5 {
                if let known = try await addressing(name) { return addresses(known) }
                guard let subnet = try await freeSubnet(beside: name, labels: labels) else { continue }
                do {
                    let labels = labels.merging([Self.label: subnet]) { $1 }
                    _ = try await docker.createNetwork(name, labels: labels, subnet: subnet)
                } catch let failure as Failure where failure.code == .conflict {
                    continue  // Someone else was faster, with the name or with the subnet.
                }
            }
            return try await addressing(name).flatMap(addresses)
        }
    }

    private func addresses(_ network: NetworkAddressing) -> NetworkAddresses? {
        guard network.labels?[Self.label] != nil, let subnet = network.subnet else { return nil }
        var addresses = NetworkAddresses(subnet: subnet, used: Set(network.used), gateway: network.gateway)
        if let gateway = addresses.gateway { addresses.used.insert(gateway) }
        return addresses
    }

    /// A subnet that the engine finds free, among its networks and the machine's routes: it is asked by making a network.
    /// One that a server left behind when it died is taken up here.
    private func freeSubnet(beside name: String, labels: [String: String]) async throws -> String? {
        let trial = "\(name)-trial"
        try await ensureNetwork(trial, labels: labels)
        let subnet = try await addressing(trial)?.subnet
        try await removeNetwork(trial)
        return subnet
    }

    private func addressing(_ name: String) async throws -> NetworkAddressing? {
        do {
            return try await docker.networkAddresses(name)
        } catch let failure as Failure where failure.code == .notFound {
            return nil
        }
    }
}
