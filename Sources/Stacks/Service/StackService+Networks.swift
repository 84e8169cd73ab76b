import Engines
import Model

extension StackService {
    /// Makes a network unless it is there, and says which addresses may be chosen in it; nil where none can. One task asks
    /// for all that want it at the same time: an engine that is asked twice at once makes two of one name, and then nobody
    /// can be in either.
    @discardableResult
    func ensureNetwork(
        _ name: String, labels: [String: String], in environment: Environment, _ engine: any Engine
    ) async throws -> NetworkAddresses? {
        let place = "\(environment.id) \(name)"
        if let asked = networksAsked[place] { return try await asked.value }
        let task = Task<NetworkAddresses?, any Error> {
            if let addresses = try await engine.ensureAddressedNetwork(name, labels: labels) { return addresses }
            // Made before addresses could be chosen, or where none can.
            try await engine.ensureNetwork(name, labels: labels)
            return nil
        }
        networksAsked[place] = task
        defer { networksAsked[place] = nil }
        // A server that stops doesn't wait for an engine that doesn't answer.
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
