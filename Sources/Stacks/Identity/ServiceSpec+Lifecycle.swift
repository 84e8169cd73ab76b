import Engines
import Model

extension ServiceSpec {
    /// The slots that it shall have.
    func slots(in placement: Placement?) -> [Int] {
        placement?.slots ?? (scale > 0 ? Array(1...scale) : [])
    }

    /// Whether the container of a slot takes the place of one that must be gone, since both would want the same host,
    /// address or volume.
    var holdsSlots: Bool {
        retainIP || placement?.isGlobal == true || storage?.named?.values.contains { $0.isPerContainer } == true
    }

    /// Whether each container runs to its end, once.
    var runsOnce: Bool { lifecycle?.startOnce == true && !staysCreated }

    /// Whether containers are created, and left alone.
    var staysCreated: Bool { lifecycle?.startOnCreate == false }

    /// Whether nothing is brought back once it was there.
    var isLeftAlone: Bool { runsOnce || staysCreated }

    /// Whether a container of it has done all that it is there for.
    func isDone(_ member: RolloutObservation.Member) -> Bool {
        if runsOnce { return member.state == .exited && member.exitStatus == 0 }
        return staysCreated && member.state != .removing && member.state != .dead
    }

    /// What the engine does by itself when a container ends: what is to be there is always brought back, and what runs
    /// to its end only where the file asks for more tries.
    var restartPolicy: String {
        guard isLeftAlone else { return "unless-stopped" }
        return runsOnce ? lifecycle?.restart ?? "no" : "no"
    }
}

extension ServiceSpec {
    /// The scale that it is recorded with: a global service has none, and a `scale_policy` sets limits.
    var asked: Int {
        if placement?.isGlobal == true { return 1 }
        guard let policy = lifecycle?.scalePolicy else { return scale }
        let least = max(scale, policy.min ?? scale)
        return policy.max.map { min(least, max($0, policy.min ?? 0)) } ?? least
    }
}
