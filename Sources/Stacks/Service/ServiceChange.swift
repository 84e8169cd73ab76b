import Model

/// A change by hand of how a service runs; what it runs stays the same.
public enum ServiceChange: Hashable, Sendable {
    case scale(Int)
    /// All containers are made again, batch by batch. Nil: as its last rollout did it; the interval in milliseconds.
    case restart(batchSize: Int?, interval: Int?)

    /// The largest scale that is taken: a slip of the finger must not ask for a million containers.
    public static let largestScale = 500

    /// What the batch log says of it.
    var words: String {
        switch self {
        case .scale(let scale): "a scale of \(scale)"
        case .restart: "a restart"
        }
    }
}

/// The request that carries out a change of `service`: what is recorded of it, as an `up` of the same spec.
///
/// Throws `.notFound` where nothing is recorded of it, `.conflict` while a rollout brings another revision in: if that
/// one is taken back, the change would bring it in again.
func request(
    for change: ServiceChange, of service: String, in stack: String, _ now: ServiceSituation, last: Rollout?
) throws(Failure) -> UpRequest {
    guard var spec = now.spec else {
        throw Failure(.notFound, "There is no service \(service) in the stack \(stack)")
    }
    if let open = now.open?.rollout, open.state == .rollingBack || open.spec.hash != spec.hash || now.isChanging {
        throw Failure(
            .conflict, "\(stack)/\(service) is being changed by rollout \(open.id)",
            hint: "Wait until it has ended, or take it back: slipway up --rollback.")
    }
    var request = UpRequest(
        stack: stack, spec: StackSpec(services: []), options: last?.options ?? RolloutOptions(),
        revision: last?.revision)
    switch change {
    case .scale where spec.placement?.isGlobal == true:
        throw Failure(
            .conflict, "\(stack)/\(service) has one container on each host that fits: it has no scale",
            hint: "Change the hosts' labels, or the service's rules.")
    case .scale(let scale):
        guard spec.kind == .containers else {
            throw Failure(.conflict, "\(stack)/\(service) is a \(spec.kind.rawValue): it has no containers of its own")
        }
        guard (0...ServiceChange.largestScale).contains(scale) else {
            throw Failure(
                .invalid, "\(scale) can't be the scale of \(service)",
                hint: "A number from 0 to \(ServiceChange.largestScale).")
        }
        spec.scale = scale
    case .restart(let batchSize, let interval):
        guard spec.scale > 0 else {
            throw Failure(.conflict, "\(stack)/\(service) has no containers: its scale is 0", hint: "Scale it up.")
        }
        (request.forceUpgrade, request.batchSize, request.interval) = (true, batchSize, interval)
    }
    request.spec = StackSpec(services: [spec])
    return request
}

extension ServiceSituation {
    /// Whether the rollout under way brings in something else than what ran before it, or waits to make everything new:
    /// a change that is queued after it would overtake it, or go on with what it gave up.
    fileprivate var isChanging: Bool {
        guard let open else { return false }
        if open.isRemoval || open.cancelRequested { return true }
        if open.rollout.state == .queued, open.isForced || open.rollout.deployID != nil { return true }
        // What waits has not recorded yet what ran before.
        let before = open.rollout.previous ?? settled
        return before?.hash != open.rollout.spec.hash
    }
}
