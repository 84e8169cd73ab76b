import Engines
import Foundation
import Model
import Stacks

/// What people and accidents do.
extension Run {
    func carryOut(_ event: Agenda.Event) async {
        switch event {
        case .up(let index): await up(index)
        case .cancel(let id, let index): await cancel(id, index)
        case .accident(let accident): await befall(accident)
        case .effect(let call, let effect):
            note("late: \(call.verb.rawValue) \(name(ofSubject: call))")
            // By now all may be whole again.
            excuseLateEffect(of: call)
            try? await effect()
            await survey()
            alarm()
        }
    }

    // MARK: People

    /// Asks for a service's next change; a client that got no answer asks again.
    private func up(_ index: Int) async {
        let planned = scenario.services[index]
        guard let service, let change = planned.changes.dropFirst(upcoming[index]).first else { return }
        let key = key(index)
        if change.isRollback { for id in openCases(key) { judge.files[key]?.cases[id]?.isCancelAsked = true } }
        note("up \(planned.name):\(change.revision) x \(change.scale)" + (change.isRollback ? " --rollback" : ""))
        depth += 1
        do {
            let outcomes = try await service.up(
                UpRequest(
                    stack: planned.stack, spec: StackSpec(services: [spec(planned, index, change)]), upgrade: true,
                    forceUpgrade: change.isForced, rollback: change.isRollback, options: planned.options),
                in: environment, pin: { _ in nil })
            note(outcomes.map(\.message).joined(separator: "; "))
        } catch {
            depth -= 1
            if isDead || (error as? Failure)?.code != .conflict {
                agenda.add(.up(index), at: clock.time + 2000)
                return
            }
            depth += 1
            note("refused: \(error)")
        }
        depth -= 1
        guard !isDead else {
            agenda.add(.up(index), at: clock.time + 2000)
            return
        }
        let newest = await discover(key)
        for accident in scenario.accidents where accident.service == index && accident.change == upcoming[index] {
            agenda.add(.accident(accident), at: clock.time + accident.delay)
        }
        if let newest, let after = change.cancelAfter { agenda.add(.cancel(newest, index), at: clock.time + after) }
        upcoming[index] += 1
        isAsking[index] = false
        if let next = planned.changes.dropFirst(upcoming[index]).first, !next.waits {
            isAsking[index] = true
            agenda.add(.up(index), at: clock.time + next.delay)
        }
    }

    /// Asks for changes that wait for the one before them.
    func askForMore() {
        for (index, planned) in scenario.services.enumerated() where !isAsking[index] {
            guard let next = planned.changes.dropFirst(upcoming[index]).first,
                judge.files[key(index)]?.isOpen == false
            else { continue }
            isAsking[index] = true
            agenda.add(.up(index), at: clock.time + next.delay)
        }
    }

    func spec(_ service: Scenario.Service, _ index: Int, _ change: Scenario.Change) -> ServiceSpec {
        var spec = ServiceSpec(
            name: service.name, image: "acme/\(service.name):\(service.unit(change.revision).version)",
            scale: change.scale,
            ports: service.hasPort ? [PortMapping(hostPort: 8000 + index, containerPort: 80)] : [])
        spec.healthCheck = service.check
        spec.startFirst = service.startsFirst
        if !service.sidekicks.isEmpty {
            spec.sidekicks = service.sidekicks.map { $0.spec(of: service.name, at: change.revision) }
        }
        return spec
    }

    private func cancel(_ id: Int64, _ index: Int) async {
        guard let service else { return }
        judge.files[key(index)]?.cases[id]?.isCancelAsked = true
        note("cancel \(id)")
        depth += 1
        do {
            try await service.cancel(rollout: id)
        } catch {
            if !(error is ServerDied), !isDead { agenda.add(.cancel(id, index), at: clock.time + 2000) }
        }
        depth -= 1
        if !isDead { rouse(key(index), by: clock.time + 1) }
    }

    // MARK: Accidents

    private func befall(_ accident: Scenario.Accident) async {
        guard !isCalm else { return }
        let key = key(accident.service)
        switch accident.kind {
        case .engineOutage:
            engineIsDownUntil = max(engineIsDownUntil, clock.time + accident.duration)
            lost += accident.duration
        case .serverDeath:
            guard !isDead else { return }
            kill("between two calls")
            return
        case .edgeDeath, .edgeReturn, .emptyEdge:
            guard edge.process != nil else { return }
            for key in judge.files.keys.sorted(by: { $0.service < $1.service }) { judge.excuse(key) }
            edge.process = nil
            lost += 3000
            if accident.kind == .edgeReturn { edge.load(at: clock.time) }
            if accident.kind == .emptyEdge { edge.process = .init() }
        case .unwritableNames:
            names?.fail(until: clock.time + accident.duration)
            lost += accident.duration
        case .nameServerLoss:
            guard let server = nameServer else { return }
            switch accident.victim {
            case 0: await engine.vanish(server)
            case 1: await engine.crash(server, status: 137)
            default: await engine.crashAndRestart(server, status: 137)
            }
        default:
            let standing = vitals.filter { $0.key == key && $0.isRunning }
            guard !standing.isEmpty else { return }
            let victim = standing[accident.victim % standing.count]
            judge.excuse(key)
            blemished.insert(victim.id)
            note("  ! victim \(victim.name)")
            switch accident.kind {
            case .crash: await engine.crashAndRestart(victim.id, status: 1)
            case .crashForGood: await engine.crash(victim.id, status: 1)
            case .vanish: await engine.vanish(victim.id)
            default: sickness[victim.id] = (clock.time, clock.time + accident.duration)
            }
        }
        count(accident.kind)
        note("  ! \(accident.kind.rawValue)")
        await survey()
        alarm()
    }
}
