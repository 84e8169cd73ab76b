import Engines
import Foundation
import Model
import Stacks
import Store

/// From the beginning of a run to its end.
extension Run {
    /// Turns after which a run counts as one that never ends.
    static let mostTurns = 3000

    func play(_ store: Store) async throws -> Outcome {
        self.store = store
        service = makeService()
        guard let service else { return outcome }
        environment = try await service.addEnvironment(name: "production", socket: "/nowhere.sock")
        for (index, planned) in scenario.services.enumerated() {
            judge.files[key(index)] = Judge.File(key: key(index), service: planned)
            for (image, temperament) in images(of: planned) { await prepare(image, temperament) }
            isAsking[index] = true
            agenda.add(.up(index), at: planned.changes.first?.delay ?? 0)
        }
        isStarting = false
        note("seed \(scenario.seed)")
        if await runUntil({ await $0.isOver() }) {
            await clear()
            if await runUntil({ await $0.isStable() }) { await conclude() }
        }
        outcome.violations = judge.violations
        outcome.units = units.count
        self.service = nil
        return outcome
    }

    /// All images of a service and its sidekicks.
    private func images(of service: Scenario.Service) -> [(String, Scenario.Temperament)] {
        var images = service.temperaments.sorted { $0.key < $1.key }.map {
            ("acme/\(service.name):\($0.key)", $0.value)
        }
        for sidekick in service.sidekicks {
            images += sidekick.temperaments.sorted { $0.key < $1.key }.map { version, temperament in
                ("acme/\(service.name)-\(sidekick.name):\(version)", temperament)
            }
        }
        return images
    }

    private func prepare(_ image: String, _ temperament: Scenario.Temperament) async {
        if !temperament.isMissing {
            await engine.addToRegistry(image)
            if order.chance(50) { await engine.addImage(image) }
        }
        if temperament.isRefused { await engine.set(.failsToStart("exec: no such file"), for: image) }
        if let after = temperament.exitsAfter {
            await engine.set(.exits(status: 1, after: Double(after) / 1000), for: image)
        }
        let kinds: [(Bool, FaultKind)] = [
            (temperament.isRefused, .refusedStart), (temperament.isMissing, .missingImage),
            (temperament.readyAfter == nil, .neverHealthy), (temperament.sickAfter != nil, .turnsUnhealthy),
            (temperament.exitsAfter.map { $0 < 1000 } ?? false, .earlyExit),
            (temperament.exitsAfter.map { $0 >= 1000 } ?? false, .laterExit),
            ((temperament.readyAfter ?? 0) > 3000, .lateStart),
        ]
        for (applies, kind) in kinds where applies { count(kind) }
    }

    /// Goes on until `condition` holds; false when it never does.
    func runUntil(_ condition: (isolated Run) async -> Bool) async -> Bool {
        let limit = outcome.turns + Self.mostTurns
        var rounds = 0
        while outcome.turns < limit {
            rounds += 1
            if isHopeless || rounds > 20 * Self.mostTurns { break }
            if isDead {
                await revive()
                continue
            }
            askForMore()
            if await happen() { continue }
            if await condition(self) { return true }
            guard let next = nextTime() else { break }
            move(to: max(next, clock.time + 1))
            await survey()
            if edge.process == nil, convergeDue <= clock.time, !isDead { await mendEdge() }
        }
        if !isHopeless { object("end", "no end after \(Self.mostTurns) turns") }
        return false
    }

    /// What the loop of the server does every two seconds: the edge, where it died.
    private func mendEdge() async {
        convergeDue = clock.time + 2000
        guard let service else { return }
        depth += 1
        try? await service.converge()
        depth -= 1
    }

    /// After some time without a server, another one starts on what is recorded.
    private func revive() async {
        drivers = [:]
        isTending = false
        isConverging = false
        innerKey = nil
        depth = 0
        service = nil
        let downtime = order.pick(order.number(50...500), order.number(500...20_000))
        await pass(downtime, isLost: true)
        service = makeService()
        isDead = false
        note("a new server starts")
        tendDue = clock.time
        for index in scenario.services.indices { await discover(key(index)) }
        isJudging = true
        let open = (try? await service?.openServices()) ?? []
        isJudging = false
        for key in open where drivers[key] == nil { drivers[key] = Driver(wake: clock.time) }
    }

    // MARK: Stages

    /// Everything was asked for and has ended, and every accident has happened.
    private func isOver() async -> Bool {
        agenda.isEmpty && drivers.isEmpty && clock.time >= engineIsDownUntil
            && scenario.services.indices.allSatisfy {
                upcoming[$0] == scenario.services[$0].changes.count && judge.files[key($0)]?.isOpen == false
            }
    }

    /// Nothing goes wrong from here on.
    private func clear() async {
        note("the sky clears")
        isCalm = true
        names?.fail(until: 0)
        quietSince = clock.time
        quietWrites = writes + edge.commands
        for index in scenario.services.indices {
            let key = key(index)
            for (image, temperament) in images(of: scenario.services[index]) where temperament.isDoubtful {
                await engine.set(.runs, for: image)
            }
            for vital in vitals where vital.key == key && vital.isRunning && temperament(of: vital).exitsAfter != nil {
                // What it is like was settled at its start: another has to come.
                judge.excuse(key)
                await engine.vanish(vital.id)
            }
        }
        await survey()
        tendDue = clock.time
    }

    /// Nothing was changed for a while. A run in which that never comes is one that never ends.
    private func isStable() async -> Bool {
        let sum = writes + edge.commands
        if sum != quietWrites {
            quietWrites = sum
            quietSince = clock.time
        }
        // What drains may be quiet for as long as its requests have.
        let longest = scenario.services.map(\.options.drain).max() ?? 0
        return clock.time - quietSince > max(25_000, longest + 5000) && clock.time >= engineIsDownUntil
    }
}
