import Model

/// The machines of a simulated engine: they come, go, and stop answering when a test says so.
extension SimulatedEngine {
    /// A machine joins, or comes back with other labels.
    public func add(_ host: EngineHost) {
        machines.removeAll { $0.name == host.name }
        machines.append(host)
        notify()
    }

    /// A machine goes for good, with what ran on it.
    public func removeHost(_ name: String) {
        machines.removeAll { $0.name == name }
        for (id, container) in containers where container.observed.host == name { containers[id] = nil }
        notify()
    }

    /// A machine stops answering, or answers again with what runs on it.
    public func setHost(_ name: String, isUp: Bool) {
        for index in machines.indices where machines[index].name == name { machines[index].isUp = isUp }
        notify()
    }

    /// What the check that a container was created with comes to from now on.
    public func set(_ health: ObservedHealth, of idOrName: String) {
        guard let id = find(idOrName), containers[id]?.plan.probe != nil else { return }
        containers[id]?.observed.health = health
        notify()
    }

    /// Whether what is on that host can be seen.
    func isReached(_ host: String?) -> Bool {
        guard hasSeveralHosts, let host else { return true }
        return machines.contains { $0.name == host && $0.isUp }
    }

    /// Where a container is made. Throws `.unavailable` for a host that isn't there or doesn't answer.
    func host(for plan: ContainerPlan) throws(Failure) -> String? {
        guard hasSeveralHosts else { return nil }
        guard let name = plan.host, isReached(name) else {
            throw Failure(.unavailable, "The host \(plan.host ?? "of \(plan.name)") doesn't answer")
        }
        return name
    }
}
