import Model

extension ServiceSpec {
    /// Milliseconds that a container has for what it was asked, from when it gets no new requests: the service's own
    /// `drain_timeout_ms` (0 says nothing, as in Rancher), else `general`.
    func drainTime(otherwise general: Int) -> Int {
        guard let own = lifecycle?.drainTimeout, own > 0 else { return general }
        return own
    }
}

extension RolloutOptions {
    /// Milliseconds that a rollout may take from now on: containers that drain longer than the rollout counts with
    /// don't make it fail.
    func deadline(replacing spec: ServiceSpec) -> Int {
        let batches = (max(1, spec.scale) + max(1, batchSize) - 1) / max(1, batchSize)
        return deadline + max(0, spec.drainTime(otherwise: drain) - drain) * batches
    }
}
