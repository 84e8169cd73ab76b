import Model
import Stacks

/// Holds what happens against what must hold at every moment. It knows the world as it is and what was asked for, and
/// nothing of how decisions are made.
struct Judge: Sendable {
    /// What is known of a rollout.
    struct Case: Sendable {
        var id: Int64
        var revision: Int
        var scale: Int
        /// What ran before it began; nil when nothing did.
        var previous: Goal?
        var state: Rollout.State = .queued
        var startedAt: Int?
        /// Time that was lost to outages when it was seen to begin.
        var lostBefore = 0
        var isCancelAsked = false
        /// Whether something happened to its service's containers that may make it fail.
        var isDisturbed = false
        /// Whether all of what ran before it served when it began.
        var beganWhole = false
        /// Sidekicks that it leaves alone; nil before it began.
        var staying: [Vital]?
    }

    /// What a service shall be when it has settled.
    struct Goal: Sendable, Hashable {
        var revision: Int
        var scale: Int
    }

    /// A service as the judge sees it.
    struct File: Sendable {
        let key: ServiceKey
        let service: Scenario.Service
        var cases: [Int64: Case] = [:]
        /// Nil: nothing shall run.
        var goal: Goal?
        /// Whether a failed rollback left it to a person.
        var isAbandoned = false
        /// How many ran when the last one ended, done or not.
        var leftOver = 0
        /// How many have been serving since the last end or fault; nil while there is no telling.
        var established: Int?
        /// Whether a fault hit it, and since when all serve again: what the server saw last may be of before.
        var isShaken = false
        var wholeSince: Int?

        var atWork: Case? { cases.values.first { $0.state == .rolling || $0.state == .rollingBack } }
        var isOpen: Bool { cases.values.contains { !$0.state.isFinal } }
    }

    var files: [ServiceKey: File] = [:]
    private(set) var violations: [Violation] = []

    mutating func object(_ time: Int, _ rule: String, _ text: String) {
        guard violations.count < 20, !violations.contains(where: { $0.rule == rule && $0.text == text }) else { return }
        violations.append(Violation(time: time, rule: rule, text: text))
    }

    // MARK: At every moment

    /// I1, as containers and edge are now.
    mutating func look(_ time: Int, _ key: ServiceKey, _ vitals: [Vital], _ edge: SimulatedEdge) {
        guard var file = files[key] else { return }
        // What fails by its own nature is not held against anybody.
        if vitals.contains(where: { $0.isRunning && file.service.temperament($0.sidekick, $0.version).isDoubtful }) {
            file.established = nil
            file.isShaken = true
            file.wholeSince = nil
        }
        let running = vitals.count { $0.sidekick == nil && $0.isRunning && !$0.isRevenant }
        let capacity = Self.capacity(time, file, vitals, edge)
        let work = file.atWork
        let scales = [work?.scale, work?.previous?.scale, file.goal?.scale].compactMap(\.self)
        let batch = file.service.options.batchSize
        if work == nil { file.leftOver = running }
        let startsFirst = file.startsFirst
        let most = max(scales.max() ?? 0, file.leftOver) + (file.service.startsFirst ? batch : 0)
        if work != nil, running > most, !file.isAbandoned {
            object(time, "I1", "\(key): \(running) run, and at most \(most) may")
        }
        if let established = file.established {
            var floor = established
            if let work {
                floor = min(established, work.scale, work.previous?.scale ?? 0)
                if !startsFirst { floor -= batch }
            }
            if capacity < floor {
                object(time, "I1", "\(key): \(capacity) serve, and at least \(floor) must")
            }
        } else if work == nil, let goal = file.goal, capacity >= goal.scale, !file.isAbandoned {
            let since = file.wholeSince ?? time
            file.wholeSince = since
            if time - since > 12_000 { file.isShaken = false }
            file.established = file.isShaken ? nil : goal.scale
        } else {
            file.wholeSince = nil
        }
        files[key] = file
    }

    /// How many fit units take requests.
    private static func capacity(_ time: Int, _ file: File, _ vitals: [Vital], _ edge: SimulatedEdge) -> Int {
        let fit = vitals.filter { $0.sidekick == nil && $0.answers(at: time) && file.isWhole($0, among: vitals, time) }
        guard file.service.hasPort else { return fit.count }
        let taking = Set((edge.process?.servers ?? [:]).values.filter(\.takesRequests).map(\.address))
        return fit.filter { $0.address.map(taking.contains) ?? false }.count
    }

    /// A fault took containers of the service away, or may have.
    mutating func excuse(_ key: ServiceKey) {
        files[key]?.established = nil
        files[key]?.isShaken = true
        files[key]?.wholeSince = nil
        disturb(key)
    }

    /// Something happened that may make its open rollouts fail.
    mutating func disturb(_ key: ServiceKey) {
        guard var file = files[key] else { return }
        for (id, known) in file.cases where !known.state.isFinal { file.cases[id]?.isDisturbed = true }
        files[key] = file
    }

    /// I5: a request and where it went.
    mutating func request(_ time: Int, _ key: ServiceKey, asked: [Vital], isServed: Bool, unknown: Bool) {
        for vital in asked where vital.sidekick != nil {
            object(time, "I5", "\(key): a request went to \(vital.name), which is a sidekick")
        }
        for vital in asked where !vital.answers(at: time) && !vital.isBlemished {
            object(time, "I5", "\(key): a request went to \(vital.name), which is \(vital.state) and doesn't answer")
        }
        if unknown, files[key]?.established != nil {
            object(time, "I5", "\(key): a request went to an address without a container")
        }
        if !isServed, let established = files[key]?.established {
            let work = files[key]?.atWork
            let floor = min(established, work?.scale ?? .max, work == nil ? .max : work?.previous?.scale ?? 0)
            let batch =
                files[key]?.startsFirst == true || work == nil ? 0 : files[key]?.service.options.batchSize ?? 0
            if floor - batch > 0 { object(time, "I5", "\(key): a request found no server") }
        }
    }

    /// I5: open requests were cut by a stop.
    mutating func cut(_ time: Int, _ key: ServiceKey, _ name: String, _ cut: SimulatedEdge.Cut, isBlemished: Bool) {
        // Where nothing shall run, nothing is waited for.
        guard let file = files[key], !isBlemished, file.goal != nil || file.atWork != nil else { return }
        if let drained = cut.drainedFor, drained + 5 >= file.service.options.drain { return }
        let drained = cut.drainedFor.map { " \($0) ms after" } ?? " without"
        object(time, "I5", "\(name) was stopped with \(cut.count) open requests,\(drained) it was told to drain")
    }

    /// What is done serves, and what a good upgrade replaced is kept for a rollback.
    mutating func kept(_ time: Int, _ id: Int64, _ key: ServiceKey, _ vitals: [Vital]) {
        guard let file = files[key], let known = file.cases[id], known.state == .done, !known.isDisturbed else {
            return
        }
        // What an accident hit before the rollout began may be silent, and no probe may have told of it yet.
        let fit = vitals.count {
            $0.sidekick == nil && $0.version == file.service.unit(known.revision).version
                && ($0.answers(at: time) || $0.isBlemished && $0.isRunning)
        }
        if fit < known.scale, !file.service.isDoubtful(known.revision) {
            object(time, "end", "rollout \(id) of \(key) is done, and \(fit) of \(known.scale) answer")
        }
        guard known.beganWhole, let previous = known.previous, previous.revision != known.revision,
            !file.service.isDoubtful(previous.revision)
        else { return }
        let (old, new) = (file.service.unit(previous.revision), file.service.unit(known.revision))
        let parts: [(String?, Int, Int)] =
            [(nil, old.version, new.version)]
            + old.sidekicks.sorted { $0.key < $1.key }.map { ($0.key, $0.value, new.sidekicks[$0.key] ?? 0) }
        for (part, version, next) in parts where version != next {
            let stopped = vitals.count { $0.sidekick == part && $0.version == version && !$0.isRunning }
            if stopped < previous.scale {
                let name = part.map { " \($0)" } ?? ""
                object(
                    time, "park",
                    "rollout \(id) of \(key) kept \(stopped) of \(previous.scale)\(name) for a rollback")
            }
        }
    }

    // MARK: Rollouts

    /// A rollout as it is now; true when its state is new.
    mutating func see(_ rollout: Rollout, _ key: ServiceKey, _ time: Int, lost: Int) -> Bool {
        guard var file = files[key] else { return false }
        let isNew = file.cases[rollout.id] == nil
        var known =
            file.cases[rollout.id]
            ?? Case(id: rollout.id, revision: file.service.revision(of: rollout.spec), scale: rollout.spec.scale)
        let before = known.state
        known.state = rollout.state
        if known.startedAt == nil, let started = rollout.startedAt {
            let began = WorldClock.time(started)
            known.startedAt = began
            // What stood still between its start and now, in the middle of another service's call, is lost as well.
            known.lostBefore = lost - (time - began)
            known.previous = file.goal
            known.beganWhole = file.established != nil
            if let other = file.atWork, other.id != known.id {
                object(time, "I9", "\(key): rollouts \(other.id) and \(known.id) are at work at once")
            }
        }
        if before.isFinal, before != rollout.state {
            object(time, "end", "rollout \(rollout.id) of \(key) was \(before) and is \(rollout.state)")
        }
        file.cases[rollout.id] = known
        files[key] = file
        guard isNew || before != rollout.state else { return false }
        if rollout.state.isFinal { end(known, rollout, key, time, lost) }
        return true
    }

    private mutating func end(_ known: Case, _ rollout: Rollout, _ key: ServiceKey, _ time: Int, _ lost: Int) {
        guard var file = files[key] else { return }
        switch rollout.state {
        case .done:
            file.goal = Goal(revision: known.revision, scale: known.scale)
            file.isAbandoned = false
        case .rollbackFailed: file.isAbandoned = true
        case .rolledBack, .failed, .cancelled, .queued, .rolling, .rollingBack: break
        }
        if known.startedAt != nil { file.established = nil }
        if rollout.state != .done { file.leftOver = max(file.leftOver, known.scale) }
        files[key] = file
        let allowed = ends(of: known, rollout, file)
        if !allowed.contains(rollout.state) {
            let names = allowed.map(\.rawValue).sorted().joined(separator: " or ")
            object(
                time, "end",
                "rollout \(rollout.id) of \(key) ended \(rollout.state.rawValue) (\(rollout.reason ?? "no reason")), not \(names)"
            )
        }
        _ = isOverdue(known, key, rollout.endedAt.map(WorldClock.time) ?? time, lost: lost)
    }

    /// I8: whether it takes longer than its deadline and that of its way back, and what was lost to outages.
    mutating func isOverdue(_ known: Case, _ key: ServiceKey, _ time: Int, lost: Int) -> Bool {
        guard let file = files[key], let started = known.startedAt else { return false }
        let limit = 2 * file.service.options.deadline + 30_000 + (lost - known.lostBefore)
        guard time - started > limit else { return false }
        object(time, "I8", "rollout \(known.id) of \(key) takes \(time - started) ms, and may take \(limit) ms")
        return true
    }

    /// The ends that a rollout may come to, by what was asked and what went wrong.
    private func ends(of known: Case, _ rollout: Rollout, _ file: File) -> Set<Rollout.State> {
        guard known.startedAt != nil else { return [.cancelled] }
        let hasPrevious = known.previous != nil
        let back: Rollout.State = hasPrevious ? .rolledBack : .failed
        var ends: Set<Rollout.State> = []
        let (service, revision) = (file.service, known.revision)
        let isBad = service.isBad(revision) && known.scale > 0 && !(known.previous?.revision == known.revision)
        if !isBad { ends.insert(.done) }
        let isShaky = known.isDisturbed || service.isDoubtful(revision) || !(file.service.options.deadline > 1_000_000)
        if isBad || isShaky { ends.insert(back) }
        if known.isCancelAsked { ends.insert(.cancelled) }
        let oldIsShaky = known.previous.map { service.isBad($0.revision) || service.isDoubtful($0.revision) } ?? false
        let goesBack = isBad || isShaky || known.isCancelAsked || oldIsShaky
        if goesBack, known.isDisturbed || oldIsShaky || file.service.options.deadline < 1_000_000 {
            ends.formUnion(hasPrevious ? [.rollbackFailed, back] : [.failed])
        }
        if known.isCancelAsked, !isBad, !isShaky, rollout.state == .done { ends.insert(.done) }
        if file.isAbandoned { ends.formUnion([.done, back, .rollbackFailed]) }
        return ends
    }
}
