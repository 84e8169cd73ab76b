import Engines
import Foundation
import Model
import Stacks

/// How time passes.
extension Run {
    /// Lets time go by; what is due in it happens.
    func pass(_ duration: Int, isLost: Bool = false) async {
        let target = clock.time + duration
        if isLost { lost += duration }
        while let next = nextEvent(upTo: target) {
            move(to: next)
            if !(await happen()) { break }
            // Nobody waits for an answer any more.
            if isDead, depth > 0 { return }
        }
        move(to: target)
        if duration > 30 { await survey() }
    }

    /// Whether the server can be asked for something now: at most one thing in the middle of another.
    var isOpen: Bool { !isDead && depth < 2 && !isConverging && !isStarting }

    private func nextEvent(upTo target: Int) -> Int? {
        var times = [agenda.next(withServer: isOpen)].compactMap(\.self)
        if depth == 1, isOpen {
            times += drivers.values.filter { !$0.isRunning }.map(\.wake)
            if !isTending { times.append(tendDue) }
        }
        guard let next = times.min(), next <= target else { return nil }
        return next
    }

    /// Does one thing that is due; false when none is.
    func happen() async -> Bool {
        if let event = agenda.take(upTo: clock.time, withServer: isOpen) {
            if depth > 0, event.needsServer { count(.nested) }
            await carryOut(event)
            return true
        }
        guard isOpen else { return false }
        var due = drivers.filter { !$0.value.isRunning && $0.value.wake <= clock.time }.map { Optional($0.key) }
            .sorted { ($0?.service ?? "") < ($1?.service ?? "") }
        if !isTending, tendDue <= clock.time { due.append(nil) }
        guard !due.isEmpty else { return false }
        if depth > 0 { count(.nested) }
        if let key = due[order.number(0...(due.count - 1))] { await drive(key) } else { await tend() }
        return true
    }

    /// When anything happens next, with nothing in progress.
    func nextTime() -> Int? {
        var times = drivers.values.map(\.wake) + [tendDue]
        if let next = agenda.next(withServer: true) { times.append(next) }
        if edge.process == nil { times.append(convergeDue) }
        return times.min()
    }

    // MARK: Jobs of the server

    /// One turn at a service's rollouts.
    func drive(_ key: ServiceKey) async {
        guard let service, var driver = drivers[key] else { return }
        if !driver.holds {
            guard await service.claim(key) else {
                drivers[key]?.wake = clock.time + 100
                return
            }
            driver.holds = true
        }
        driver.isRunning = true
        drivers[key] = driver
        let outer = innerKey
        innerKey = key
        depth += 1
        var turn = Turn.stumbled
        var isThrown = false
        do {
            turn = try await service.turn(of: key)
        } catch {
            isThrown = true
            if !isDead { note("turn of \(key) threw \(error)") }
        }
        depth -= 1
        innerKey = outer
        guard !isDead else { return }
        outcome.turns += 1
        drivers[key]?.isRunning = false
        switch turn {
        case .rests where !isThrown:
            drivers[key] = nil
            await service.release(key)
            tendDue = min(tendDue, clock.time + 100)
        case .acted: drivers[key]?.wake = clock.time + 1
        case .waits(let until, let isBlind):
            note("\(key) waits" + (isBlind ? " blindly" : ""))
            let next = wake(key, until, isBlind)
            drivers[key]?.wake = next
        default: drivers[key]?.wake = clock.time + 1000
        }
        await follow(key)
    }

    /// When a waiting rollout is looked at again: when something changes, within the time of a look.
    private func wake(_ key: ServiceKey, _ until: Date?, _ isBlind: Bool) -> Int {
        let now = clock.time
        if isBlind { return now + 3000 }
        let change = prober.nextChange(after: now, of: key) { [vitals] in Self.answers($0, $1, vitals) }
            .map { max($0, now + 1) }
        let exits = vitals.filter { $0.key == key && $0.isRunning }.compactMap(\.exitsAt).filter { $0 > now }.min()
        let times = [until.map(WorldClock.time), change, edge.nextChange(after: now), exits].compactMap(\.self)
        let next = min(times.filter { $0 > now }.min() ?? .max, now + 10_000)
        return max(next, now + 1) + (next < now + 200 ? 0 : order.number(0...20))
    }

    /// One turn at everything that has settled.
    func tend() async {
        guard let service else { return }
        isTending = true
        depth += 1
        let isSoon = await service.tend(environment)
        if !isDead { try? await service.converge() }
        depth -= 1
        isTending = false
        guard !isDead else { return }
        outcome.turns += 1
        tendDue = clock.time + (isSoon ? 1000 : 10_000)
        convergeDue = clock.time + 2000
        await survey()
    }

    /// Has a service's rollout looked at by then.
    func rouse(_ key: ServiceKey, by time: Int) {
        guard let driver = drivers[key], driver.wake > time else { return }
        drivers[key]?.wake = time
    }

    /// Something changed that the engine or the prober tells of.
    func alarm() {
        for key in drivers.keys.sorted(by: { $0.service < $1.service }) {
            rouse(key, by: clock.time + order.number(1...200))
        }
        tendDue = min(tendDue, clock.time + order.number(1...200))
    }
}
