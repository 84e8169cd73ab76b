import Engines
import Model

extension StackService {
    /// Makes a network unless it is there, and says which addresses may be chosen in it; nil where none can.
    @discardableResult
    func ensureNetwork(
        _ name: String, labels: [String: String], in environment: Environment, _ engine: any Engine
    ) async throws -> NetworkAddresses? {
        if let addresses = try await engine.ensureAddressedNetwork(name, labels: labels) { return addresses }
        // Made before addresses could be chosen, or where none can.
        try await engine.ensureNetwork(name, labels: labels)
        return nil
    }
}
