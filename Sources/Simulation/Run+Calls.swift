import Engines
import Foundation
import Model
import Stacks

/// What the server asks of the world, and what becomes of it.
extension Run {
    // MARK: Engine

    func call<R: Sendable>(
        _ call: SimulatedCall, grace: Int = 0, _ effect: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let name = name(ofSubject: call)
        try enter("\(call.verb.rawValue) \(name)")
        let fate = fate(of: call)
        if call.verb.isWrite, !isStarting {
            writes += 1
            checkAlone(name)
        }
        if let fate { note("  ! \(fate.rawValue)") }
        if fate == .slowCall { await pass(weather.number(1000...15_000), isLost: true) }
        // Played one after another, a stop holds up the other services and the rest of its batch, which it doesn't in a server.
        await pass(latency(of: call, grace), isLost: call.verb == .stop)
        guard !isDead else { throw ServerDied() }
        guard clock.time >= engineIsDownUntil else {
            throw Failure(.unavailable, "The simulated engine doesn't answer")
        }
        switch fate {
        case .errorBefore: throw Failure(.unavailable, "The simulated engine hung up")
        case .refusedCall: throw Failure(.failed, "The simulated engine refuses", cause: "no space left on device")
        case .lostHold: await engine.loseHold(of: call.subject)
        case .lateEffect:
            agenda.add(
                .effect(call) { _ = try await effect() },
                at: clock.time + weather.number(500...90_000))
            await pass(60_000, isLost: true)
            throw Failure(.timedOut, "The simulated engine did not answer within 60 s")
        case .noAnswer:
            await pass(60_000, isLost: true)
            throw Failure(.timedOut, "The simulated engine did not answer within 60 s")
        case .doubleCall: _ = try? await effect()
        default: break
        }
        if [.stop, .kill, .remove].contains(call.verb) { endConnections(of: call.subject) }
        let result: R
        do {
            result = try await effect()
        } catch {
            note("  = \(error)")
            throw error
        }
        if call.verb.isWrite { await survey() }
        try die("after")
        if fate == .errorAfter { throw Failure(.unavailable, "The simulated engine hung up") }
        return result
    }

    /// Whether the server is broken so that this container stays, and is forgotten.
    func leaves(_ id: String) -> Bool {
        guard broken == .leaveSidekick, vitals.contains(where: { $0.id == id && $0.sidekick != nil }) else {
            return false
        }
        left.insert(id)
        return true
    }

    /// The container that a call is about, as people call it.
    func name(ofSubject call: SimulatedCall) -> String {
        vitals.first { $0.id == call.subject }?.name ?? call.subject
    }

    /// What goes wrong with a call, if anything.
    private func fate(of call: SimulatedCall) -> FaultKind? {
        guard !isCalm, !isStarting, callFaults < scenario.weather.mostFaults,
            weather.chance(scenario.weather.callFault * (call.verb.isWrite ? 2 : 0.5))
        else { return nil }
        callFaults += 1
        var fate: FaultKind
        if call.verb.isWrite {
            fate = weather.pick(.slowCall, .doubleCall, .errorBefore, .errorAfter, .noAnswer, .lateEffect)
            if call.verb == .start, weather.chance(80) {
                fate = .lostHold
            } else if scenario.weather.mayRefuse, [.create, .start].contains(call.verb), weather.chance(30) {
                fate = .refusedCall
                for key in judge.files.keys { judge.disturb(key) }
            }
        } else {
            fate = weather.pick(.slowCall, .errorBefore, .noAnswer)
        }
        if fate == .lateEffect { excuseLateEffect(of: call) }
        count(fate)
        return fate
    }

    /// What comes too late may stop or start what it was not meant for any more.
    func excuseLateEffect(of call: SimulatedCall) {
        guard [.stop, .kill, .remove, .start].contains(call.verb) else { return }
        blemished.insert(call.subject)
        if call.verb == .start { revenants.insert(call.subject) }
        for key in judge.files.keys { judge.excuse(key) }
    }

    private func latency(of call: SimulatedCall, _ grace: Int) -> Int {
        switch call.verb {
        case .create: 25
        case .start: 250
        case .stop:
            vitals.first { $0.id == call.subject && $0.isRunning }.map {
                temperament(of: $0).ignoresTerm ? grace * 1000 : 130
            } ?? 2
        case .remove: 45
        case .pull: 3000
        default: 4
        }
    }

    private func endConnections(of id: String) {
        guard let vital = vitals.first(where: { $0.id == id }), vital.isRunning, let address = vital.address else {
            return
        }
        for cut in edge.cut(address, at: clock.time) {
            judge.cut(clock.time, vital.key, vital.name, cut, isBlemished: vital.isBlemished)
        }
    }

    /// I9: a job in the middle of another doesn't touch the other's service.
    private func checkAlone(_ name: String) {
        guard depth > 1 else { return }
        for (key, driver) in drivers where driver.isRunning && key != innerKey {
            if name.hasPrefix("\(environment.name)-\(key.stack)-\(key.service)-") {
                object("I9", "two at work on \(key) at once: \(name)")
            }
        }
    }

    // MARK: Database

    /// Called before each access.
    func access(_ isWrite: Bool) async throws {
        guard !isJudging, !isStarting else { return }
        if depth > 0 { try enter(nil) }
        if isWrite, !isCalm, callFaults < scenario.weather.mostFaults, weather.chance(scenario.weather.callFault / 4) {
            callFaults += 1
            count(.diskFull)
            note("  ! \(FaultKind.diskFull.rawValue)")
            throw Failure(.unavailable, "The database can't be written")
        }
        if depth == 1, !isConverging, !isCalm, scenario.weather.death > 0, weather.chance(2) {
            agenda.hurry(to: clock.time)
        }
        await pass(1)
        guard !isDead else { throw ServerDied() }
    }

    // MARK: Edge and health

    func converge(_ load: @Sendable () async throws -> EdgeConfiguration) async throws -> EdgeState {
        // Calls take turns: whoever comes in the middle of one is told what is.
        guard !isConverging else { return edge.state ?? EdgeState() }
        try enter(nil)
        isConverging = true
        defer { isConverging = false }
        let desired = try await load()
        if desired.services.isEmpty, edge.process == nil { return EdgeState() }
        edge.written = desired
        for _ in 0..<3 {
            let actions = edgeActions(desired: desired, actual: edge.state)
            guard !actions.isEmpty else { break }
            for action in actions { try await carryOut(action) }
        }
        return edge.state ?? EdgeState()
    }

    private func carryOut(_ action: EdgeAction) async throws {
        switch action {
        case .tell(let lines), .remove(let lines):
            for line in lines {
                try enter("edge: \(line)")
                for cut in try edge.tell(line, at: clock.time) {
                    guard let vital = vitals.first(where: { $0.address == cut.address }) else { continue }
                    judge.cut(clock.time, vital.key, vital.name, cut, isBlemished: vital.isBlemished)
                }
                await pass(1)
                guard !isDead else { throw ServerDied() }
                await survey()
            }
        default:
            try enter("edge: \(action)")
            if action == .stop { edge.process = nil } else { edge.load(at: clock.time) }
            edge.commands += 1
            await survey()
        }
    }

    func watch(_ subjects: [HealthSubject], of key: ServiceKey) {
        advanceProber()
        prober.watch(subjects, of: key, at: clock.time)
    }

    func records(of key: ServiceKey) -> [String: HealthRecord] {
        advanceProber()
        return prober.records(of: key)
    }

    func advanceProber() {
        prober.advance(to: clock.time) { [vitals] subject, time in Self.answers(subject, time, vitals) }
    }

    static func answers(_ subject: HealthSubject, _ time: Int, _ vitals: [Vital]) -> Bool {
        vitals.first { $0.id == subject.containerID && $0.address == subject.address }?.answers(at: time) ?? false
    }

    // MARK: Death

    /// What every call begins with.
    func enter(_ what: String?) throws {
        guard !isDead else { throw ServerDied() }
        outcome.calls += 1
        if let what { note(what) }
        try die("before")
    }

    /// The server may die here.
    func die(_ when: String) throws {
        guard !isDead else { throw ServerDied() }
        guard !isCalm, !isStarting, depth > 0, deaths < scenario.weather.mostDeaths,
            weather.chance(scenario.weather.death / 2)
        else { return }
        kill(when)
        throw ServerDied()
    }

    func kill(_ when: String) {
        deaths += 1
        isDead = true
        count(.serverDeath)
        note("  ! the server dies \(when)")
    }
}
