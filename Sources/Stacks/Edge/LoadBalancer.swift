/// The load balancer as the loop knows it.
package protocol LoadBalancer: Sendable {
    /// Makes it what `load` says, and returns what it then says of itself. Calls take turns, and each loads anew.
    func converge(_ load: @Sendable () async throws -> EdgeConfiguration) async throws -> EdgeState
    /// Ends it; open connections are cut.
    func stop() async
    /// Throws `.invalid` where it would not take a configuration.
    func check(_ configuration: EdgeConfiguration) async throws
    /// Where people put certificates, a folder for each environment; nil where they can't.
    var certificateFolder: String? { get }
}

extension LoadBalancer {
    package func check(_ configuration: EdgeConfiguration) async throws {}
    package var certificateFolder: String? { nil }
}
