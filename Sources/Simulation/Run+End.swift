import Engines
import Foundation
import Model
import Stacks

/// What must hold in the end.
extension Run {
    /// Judges the end, and what comes after it.
    func conclude() async {
        note("the end")
        for index in scenario.services.indices { await judgeEnd(key(index), parkedMayBe: true) }
        judgeNames()
        await rest()
        if order.chance(40) { await hurtAndHeal() }
        await outlive()
    }

    /// I2, I3 and I4: one revision, its scale, the edge the same, nothing else but what is parked.
    private func judgeEnd(_ key: ServiceKey, parkedMayBe: Bool) async {
        guard let file = judge.files[key] else { return }
        let parked = await parkedContainers(key)
        let own = vitals.filter { $0.key == key }
        for vital in own where vital.isRunning && parked.contains(vital.id) {
            object("I4", "\(vital.name) is parked and runs")
        }
        let standing = own.filter { !parked.contains($0.id) }
        if file.isAbandoned { return }
        guard let goal = file.goal else {
            for vital in own where vital.isRunning { object("I2", "\(key): \(vital.name) runs, and nothing shall") }
            return
        }
        for vital in standing where !vital.isRunning {
            object("I4", "\(vital.name) is left \(vital.state.rawValue)")
        }
        let unit = file.service.unit(goal.revision)
        let parts: [(String?, Int)] =
            [(nil, unit.version)] + unit.sidekicks.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        for (part, version) in parts {
            let (its, name) = (standing.filter { $0.sidekick == part }, part.map { "\(key)'s \($0)" } ?? "\(key)")
            let versions = Set(its.map(\.version))
            if goal.scale > 0, versions != [version] {
                object("I2", "\(name) shall run version \(version) and runs \(versions.sorted())")
            }
            if its.map(\.slot).sorted() != Array(1...max(goal.scale, 1)).filter({ _ in goal.scale > 0 }) {
                object("I2", "\(name) shall have \(goal.scale) and has slots \(its.map(\.slot).sorted())")
            }
        }
        for vital in standing where !vital.answers(at: clock.time) { object("I2", "\(vital.name) does not answer") }
        if file.service.hasPort {
            let backend = "\(environment.name).\(key.stack).\(key.service)."
            let servers = (edge.process?.servers ?? [:]).filter { $0.key.hasPrefix(backend) }
            let taking = servers.filter(\.value.takesRequests).map(\.value.address).sorted()
            if taking != standing.filter({ $0.sidekick == nil }).compactMap(\.address).sorted()
                || taking.count != servers.count
            {
                let names = servers.keys.sorted().joined(separator: ", ")
                object("I3", "\(key): the edge has \(names), and \(standing.map(\.name).sorted()) run")
            }
        }
        if !parkedMayBe, !parked.isEmpty { object("park", "\(key): \(parked.count) are parked for ever") }
    }

    private func parkedContainers(_ key: ServiceKey) async -> Set<String> {
        isJudging = true
        let stacks = (try? await service?.stacks(in: environment)) ?? []
        isJudging = false
        let containers = stacks.flatMap(\.services).filter { $0.name == key.service }.flatMap(\.containers)
        return Set(containers.filter(\.parked).map(\.id))
    }

    /// I6: where all has ended, nothing is done, by a new server neither.
    private func rest() async {
        let park = scenario.services.map(\.options.park).min() ?? 0
        isDead = true
        _ = await runUntil { [until = clock.time + 1] in $0.clock.time >= until && !$0.isDead }
        let before = (writes, edge.commands)
        _ = await runUntil { [until = clock.time + 30_000] in $0.clock.time >= until }
        if edge.commands != before.1 {
            object("I6", "the edge was told \(edge.commands - before.1) things after the end")
        }
        // Where parked ones go soon, that is a write.
        if park > 100_000, writes != before.0 { object("I6", "\(writes - before.0) writes after the end") }
    }

    /// A container of a settled service dies or vanishes, and is made good within a minute.
    private func hurtAndHeal() async {
        let targets = vitals.filter { vital in
            vital.isRunning && judge.files[vital.key]?.goal != nil && judge.files[vital.key]?.isAbandoned == false
        }
        guard !targets.isEmpty else { return }
        let victim = targets[order.number(0...(targets.count - 1))]
        judge.excuse(victim.key)
        hurt.insert(victim.id)
        let kind: FaultKind = order.pick(.crash, .crashForGood, .vanish)
        note("  ! \(kind.rawValue): \(victim.name)")
        count(kind)
        switch kind {
        case .crash: await engine.crashAndRestart(victim.id, status: 1)
        case .crashForGood: await engine.crash(victim.id, status: 1)
        default: await engine.vanish(victim.id)
        }
        await survey()
        alarm()
        _ = await runUntil { [until = clock.time + 60_000] in $0.clock.time >= until }
        await judgeEnd(victim.key, parkedMayBe: true)
        judgeNames()
    }

    /// Parked containers go when their time is over.
    private func outlive() async {
        let park = scenario.services.map(\.options.park).max() ?? 0
        move(to: clock.time + park)
        await survey()
        tendDue = clock.time
        _ = await runUntil { [until = clock.time + 25_000] in $0.clock.time >= until }
        for index in scenario.services.indices { await judgeEnd(key(index), parkedMayBe: false) }
        judgeNames()
    }
}
