import Engines
import Model
import Stacks

/// Looking at the world as it is, for the judge.
extension Run {
    func temperament(of vital: Vital) -> Scenario.Temperament {
        judge.files[vital.key]?.service.temperament(vital.sidekick, vital.version) ?? .init()
    }

    /// Looks at everything, sends a request to each service, and has the judge say what it thinks.
    func survey() async {
        let containers = await engine.snapshot()
        vitals = containers.compactMap(vital(of:))
        lookUp(containers)
        let now = clock.time
        let byAddress = Dictionary(
            vitals.compactMap { vital in vital.address.map { ($0, vital) } }, uniquingKeysWith: { first, _ in first })
        edge.advance(to: now) { byAddress[$0]?.answers(at: now) ?? false }
        for index in scenario.services.indices {
            let key = key(index)
            let own = vitals.filter { $0.key == key }
            if !scenario.services[index].sidekicks.isEmpty {
                for vital in own where vital.sidekick == nil && vital.isRunning { units.insert(vital.id) }
            }
            judge.look(now, key, own, edge)
            guard scenario.services[index].hasPort, edge.process != nil,
                let backend = edge.written?.services.first(where: { $0.hostPort == 8000 + index })?.name
            else { continue }
            let length = clients.pick(0, 0, 40, 800, 3000, clients.chance(10) ? 40_000 : 10)
            let (asked, isServed) = edge.request(backend, until: now + length) {
                byAddress[$0]?.answers(at: now) ?? false
            }
            outcome.requests += 1
            let found = asked.compactMap { byAddress[$0] }
            judge.request(now, key, asked: found, isServed: isServed, unknown: found.count < asked.count)
        }
    }

    private func vital(of container: ObservedContainer) -> Vital? {
        guard let stack = container.labels[Label.stack], let name = container.labels[Label.service],
            let generation = container.labels[Label.rollout].flatMap({ Int64($0) }),
            let slot = container.labels[Label.index].flatMap({ Int($0) })
        else { return nil }
        let key = ServiceKey(environmentID: environment.id, stack: stack, service: name)
        var vital = Vital(
            id: container.id, name: container.name, key: key, generation: generation, slot: slot,
            sidekick: container.labels[Label.sidekick], image: container.image, state: container.state,
            address: container.address,
            addresses: container.addresses.values.sorted(), startedAt: container.startedAt.map(WorldClock.time) ?? 0,
            isBlemished: blemished.contains(container.id),
            isRevenant: revenants.contains(container.id))
        let temperament = temperament(of: vital)
        vital.readyAt = temperament.readyAfter.map { vital.startedAt + $0 }
        if !isCalm {
            vital.sickFrom = temperament.sickAfter.map { vital.startedAt + $0 }
            vital.exitsAt = temperament.exitsAfter.map { vital.startedAt + $0 }
            if let sick = sickness[container.id] { (vital.sickFrom, vital.sickUntil) = (sick.from, sick.until) }
        }
        vital.isBlemished = vital.isBlemished || temperament.isBad || temperament.isDoubtful
        return vital
    }

    // MARK: Rollouts, read behind the server's back

    func openCases(_ key: ServiceKey) -> [Int64] {
        (judge.files[key]?.cases ?? [:]).values.filter { !$0.state.isFinal }.map(\.id).sorted()
    }

    /// Sees what became of a service's open rollouts.
    func follow(_ key: ServiceKey) async {
        for id in openCases(key) { await see(id, key) }
        if let work = judge.files[key]?.atWork, judge.isOverdue(work, key, clock.time, lost: lost) { isHopeless = true }
    }

    private func see(_ id: Int64, _ key: ServiceKey) async {
        isJudging = true
        let rollout = try? await service?.rollout(id)
        isJudging = false
        guard let rollout else { return }
        guard judge.see(rollout, key, clock.time, lost: lost) else { return }
        note("rollout \(id) of \(key) is \(rollout.state.rawValue)" + (rollout.reason.map { ": \($0)" } ?? ""))
        let own = vitals.filter { $0.key == key }
        judge.kept(clock.time, id, key, own)
        judge.judgeUnits(clock.time, id, key, own)
        if rollout.state.isFinal { outcome.ends[rollout.state, default: 0] += 1 }
    }

    /// Finds rollouts that came in; returns the newest open one.
    @discardableResult
    func discover(_ key: ServiceKey) async -> Int64? {
        isJudging = true
        let found = (try? await service?.rollouts(environment: environment, stack: key.stack, limit: 12)) ?? []
        isJudging = false
        for rollout in found.reversed() where rollout.service == key.service {
            await see(rollout.id, key)
        }
        let open = openCases(key)
        if !open.isEmpty, drivers[key] == nil { drivers[key] = Driver(wake: clock.time + 1) }
        return open.last
    }
}
