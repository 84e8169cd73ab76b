package import Model
package import struct Foundation.Date

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
    /// Where services get their secrets from.
    package var secrets: SecretSource
    /// What name servers stand on; nil: names are the engine's alone.
    package var names: (any NameStore)?
    /// What to do next for a rollout.
    package var decide: @Sendable (Rollout, RolloutObservation, Date) -> RolloutStep
    /// Whether acts that may be done at once are done one after the other, for who owns the order of all that happens.
    package var actsInTurn: Bool

    package init(
        now: @escaping @Sendable () -> Date = { Date() }, edge: (any LoadBalancer)?,
        prober: @escaping @Sendable (@escaping @Sendable () -> Void) -> any HealthProbing = {
            HealthProber(onChange: $0)
        },
        isPortFree: @escaping @Sendable (Int, String?) -> Bool = { PortProbe.isFree($0, address: $1) },
        decide: @escaping @Sendable (Rollout, RolloutObservation, Date) -> RolloutStep = {
            nextStep(of: $0, given: $1, now: $2)
        },
        secrets: SecretSource = .none, names: (any NameStore)? = nil, actsInTurn: Bool = false
    ) {
        self.now = now
        self.edge = edge
        self.prober = prober
        self.isPortFree = isPortFree
        self.decide = decide
        self.secrets = secrets
        self.names = names
        self.actsInTurn = actsInTurn
    }
}
