public import Engines
public import Model

/// Which slots a service has and on which hosts they are: computed anew at every look from the hosts that there are and
/// from what stands on them, so that a host that comes gets its container of a global service and one that goes loses it.
///
/// A container stays where it is. One that is missing goes where the one was that it replaces, else to the host with the
/// fewest containers.
///
/// - Parameters:
///   - generation: of the containers that shall run; those of other generations go.
///   - hosts: at least one.
///   - containers: of the whole environment, whose hosts answer.
public func placement(
    of spec: ServiceSpec, in stack: String, generation: Int64?, on hosts: [EngineHost],
    among containers: [PlacedContainer]
) -> Placement {
    let scene = PlacementScene(spec, in: stack, generation: generation, on: hosts, among: containers)
    if spec.scale == 0 { return Placement(slots: [], hosts: [:]) }
    if spec.placement?.isGlobal == true { return globalPlacement(scene) }
    let policy = spec.lifecycle?.scalePolicy
    var count = spec.scale
    var best = placement(of: count, scene)
    // As many more as hosts take, where there is more than one to take them.
    guard let most = policy?.max, hosts.count > 1, best.reason == nil else { return best }
    let step = max(1, policy?.increment ?? 1)
    while count < most {
        count = min(most, count + step)
        let next = placement(of: count, scene)
        guard next.reason == nil else { return best }
        best = next
    }
    return best
}

private func placement(of count: Int, _ scene: PlacementScene) -> Placement {
    var (scene, result) = (scene, Placement(slots: Array(1...count), hosts: [:]))
    for container in scene.own where container.generation == scene.generation {
        guard let slot = container.slot, result.slots.contains(slot) else { continue }
        if result.hosts[slot] == nil || !container.isParked { result.hosts[slot] = container.host }
    }
    let known = result.hosts
    for slot in result.slots where known[slot] == nil {
        let before = scene.own.first { $0.slot == slot && !$0.isParked } ?? scene.own.first { $0.slot == slot }
        let (host, reason) = scene.choice(preferring: before?.host)
        if let host {
            result.hosts[slot] = host.name
            scene.put(slot: slot, on: host.name)
        } else {
            result.reason = result.reason ?? reason
        }
    }
    return result
}

/// A host keeps its slot from one generation to the next, so that each new container takes the place of an old one.
private func globalPlacement(_ scene: PlacementScene) -> Placement {
    let fitting = scene.fittingHosts
    var result = Placement(slots: [], hosts: [:])
    var homeless: [EngineHost] = []
    let own = scene.own.sorted { ($0.slot ?? 0) < ($1.slot ?? 0) }
    let order =
        own.filter { !$0.isParked && $0.generation == scene.generation }
        + own.filter { !$0.isParked && $0.generation != scene.generation } + own.filter(\.isParked)
    for host in fitting {
        let slots = order.lazy.filter { $0.host == host.name }.compactMap(\.slot)
        if let slot = slots.first(where: { result.hosts[$0] == nil }) {
            result.hosts[slot] = host.name
        } else {
            homeless.append(host)
        }
    }
    var next = 1
    for host in homeless {
        while result.hosts[next] != nil { next += 1 }
        result.hosts[next] = host.name
    }
    result.slots = result.hosts.keys.sorted()
    if fitting.isEmpty { result.reason = scene.reason }
    return result
}
