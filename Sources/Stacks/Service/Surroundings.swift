package import Model
package import struct Foundation.Date

/// The load balancer as the loop knows it.
package protocol LoadBalancer: Sendable {
    /// Makes it what `load` says, and returns what it then says of itself. Calls take turns, and each loads anew.
    func converge(_ load: @Sendable () async throws -> EdgeConfiguration) async throws -> EdgeState
    /// Ends it; open connections are cut.
    func stop() async
}

/// What finds out whether containers are fit.
package protocol HealthProbing: Sendable {
    /// Watches exactly these containers of a service from now on.
    func watch(_ subjects: [HealthSubject], of key: ServiceKey) async
    /// What is known of the containers of a service, by container id; nothing of one that was not probed yet.
    func records(of key: ServiceKey) async -> [String: HealthRecord]
    /// Ends all probing.
    func stop() async
}

/// One run of a container that is probed; another start or address is another run.
package struct HealthSubject: Hashable, Sendable {
    package var containerID: String
    package var address: String
    package var startedAt: Date?
    package var check: HealthCheck
}

/// What a ``StackService`` stands on beside its store and its engines. The real ones are the rule; a simulation brings
/// its own, with a clock that it moves.
package struct Surroundings: Sendable {
    /// The time of day.
    package var now: @Sendable () -> Date
    /// Nil: containers publish their own ports.
    package var edge: (any LoadBalancer)?
    /// Makes the prober; it calls what it is given when a verdict changes.
    package var prober: @Sendable (_ onChange: @escaping @Sendable () -> Void) -> any HealthProbing
    /// Whether nobody on this machine listens on the port; no address means every one.
    package var isPortFree: @Sendable (_ port: Int, _ address: String?) -> Bool
    /// What to do next for a rollout.
    package var decide: @Sendable (Rollout, RolloutObservation, Date) -> RolloutStep

    package init(
        now: @escaping @Sendable () -> Date = { Date() }, edge: (any LoadBalancer)?,
        prober: @escaping @Sendable (@escaping @Sendable () -> Void) -> any HealthProbing = {
            HealthProber(onChange: $0)
        },
        isPortFree: @escaping @Sendable (Int, String?) -> Bool = { PortProbe.isFree($0, address: $1) },
        decide: @escaping @Sendable (Rollout, RolloutObservation, Date) -> RolloutStep = {
            nextStep(of: $0, given: $1, now: $2)
        }
    ) {
        self.now = now
        self.edge = edge
        self.prober = prober
        self.isPortFree = isPortFree
        self.decide = decide
    }
}

/// What one turn at a service's rollouts came to.
package enum Turn: Hashable, Sendable {
    /// No rollout is left.
    case rests
    /// Something was done: the next turn may follow at once.
    case acted
    /// Nothing is to be done before something changes or the time has come. Blind: nothing could be seen.
    case waits(until: Date?, isBlind: Bool)
    /// Something failed that trying again may mend.
    case stumbled
}
