import Engines
import Foundation
import Model

/// One look at a service on its way to `goal`: what is where it should be, what is missing, what is too many.
struct RolloutPass {
    typealias Member = RolloutObservation.Member

    /// Nil: nothing shall run.
    let goal: ServiceSpec?
    let generation: Int64?
    let rollout: Rollout
    let seen: RolloutObservation
    let now: Date
    let startsFirst: Bool
    /// How many shall serve in the end.
    let count: Int
    let batch: Int
    /// Containers of the goal, one a slot, in order of slots.
    let wanted: [Member]
    let readiness: [String: Readiness]
    /// Everything else that isn't parked.
    let surplus: [Member]
    /// Slots without a container.
    let missing: [Int]
    /// Parked containers that can fill a missing slot.
    let resumable: [Int: Member]

    init(goal: ServiceSpec?, generation: Int64?, rollout: Rollout, seen: RolloutObservation, now: Date) {
        self.goal = goal
        self.generation = generation
        self.rollout = rollout
        self.seen = seen
        self.now = now
        startsFirst =
            !seen.keepsPrimary
            && [rollout.spec, rollout.previous].allSatisfy { $0?.startsFirst(edge: seen.edge) ?? true }
        let slots = goal?.slots(in: seen.placement) ?? []
        batch = max(1, rollout.options.batchSize)
        var wanted: [Int: Member] = [:]
        var surplus: [Member] = []
        // One that ran to its end before this rollout has done so for its way back too, parked or not.
        let isDone = { (member: Member) in member.generation == generation && goal?.isDone(member) == true }
        for member in seen.members.sorted(by: { ($0.slot, $0.id) < ($1.slot, $1.id) })
        where (member.parkedAt == nil || isDone(member)) && member.state != .removing {
            if member.generation == generation, slots.contains(member.slot), wanted[member.slot] == nil {
                wanted[member.slot] = member
            } else if member.parkedAt == nil {
                surplus.append(member)
            }
        }
        let runsAgain = !(goal?.runsOnce == true && rollout.state == .rollingBack)
        let missing = slots.filter { wanted[$0] == nil && runsAgain }
        self.missing = missing
        count = runsAgain ? slots.count : wanted.count
        self.wanted = wanted.sorted { $0.key < $1.key }.map(\.value)
        self.surplus = surplus
        resumable = Dictionary(
            seen.members.filter {
                $0.parkedAt != nil && $0.generation == generation && missing.contains($0.slot) && $0.state != .removing
            }.map { ($0.slot, $0) }, uniquingKeysWith: { first, _ in first })
        readiness = Dictionary(
            self.wanted.map {
                (
                    $0.id,
                    Readiness(
                        of: $0, spec: goal, settle: rollout.options.settle,
                        steady: Readiness.steadyAfter, now: now)
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Why this can't end well; nil while it can.
    var failure: String? {
        for member in wanted where !isStopped(member) && !isDone(member) {
            if case .failed(let reason)? = readiness[member.id] { return reason }
        }
        return nil
    }

    /// Whether an earlier rollout left it parked, and neither this one nor its rollback has a use for it.
    func isLeftOver(_ member: Member) -> Bool {
        member.parkedAt != nil && member.generation != seen.generation && member.generation != seen.previousGeneration
    }

    /// Whether it stands still because the engine, the machine or a person stopped it: one that exits by itself is
    /// restarted by the engine. What ran before is always worth another start.
    private func isStopped(_ member: Member) -> Bool {
        guard member.state == .exited, goal?.isLeftAlone != true else { return false }
        return rollout.state == .rollingBack || ranBefore(member)
            || [0, 130, 137, 143].contains(member.exitStatus ?? 1)
    }

    /// Whether it was started for an earlier rollout, and not again for this one.
    private func ranBefore(_ member: Member) -> Bool {
        guard let its = member.startedAt, let ours = rollout.startedAt else { return false }
        return its < ours
    }

    func isReady(_ member: Member) -> Bool { readiness[member.id] == .ready }

    private func isDone(_ member: Member) -> Bool { goal?.isDone(member) == true }

    /// The next act or wait; nil when everything is as it should be.
    var step: RolloutStep? {
        if !seen.imageReady, let goal,
            missing.contains(where: { resumable[$0] == nil }) || !wanted.allSatisfy(\.isWhole)
        {
            return .pull(goal.runnableImage)
        }
        return readmission ?? disposal ?? start ?? admission ?? drain ?? fill ?? wait
    }

    /// Takes in what ran before and is fit, where the engine went away before that was seen: it counts as much as the
    /// others, and goes in its turn.
    private var readmission: RolloutStep? {
        guard rollout.state == .rolling, let previous = rollout.previous else { return nil }
        let missed = surplus.first { member in
            guard member.generation == seen.previousGeneration, member.state == .running, member.isWhole,
                !member.isAdmitted, member.drainStartedAt == nil, ranBefore(member)
            else { return false }
            return Readiness(of: member, spec: previous, settle: rollout.options.settle, now: now) == .ready
        }
        return missed.map { .admit($0.id) }
    }

    // MARK: Out

    /// Puts away what serves nobody any more.
    private var disposal: RolloutStep? {
        for member in seen.members where member.parkedAt != nil && member.isUp {
            if resumable[member.slot]?.id != member.id { return .park(member.id) }
        }
        for member in surplus where !member.isUp && !member.servesInPart || !member.isAdmitted || isDrained(member) {
            let isWorthKeeping = member.generation != generation && member.state != .created
            return isWorthKeeping ? .park(member.id) : .remove(member.id)
        }
        return nil
    }

    private func drainLimit(_ member: Member) -> Date? {
        // What goes is of the spec that it was made from.
        let spec = member.generation == seen.generation ? rollout.spec : rollout.previous ?? rollout.spec
        let time = spec.drainTime(otherwise: rollout.options.drain)
        return member.drainStartedAt?.addingTimeInterval(Double(time) / 1000)
    }

    private func isDrained(_ member: Member) -> Bool {
        guard let limit = drainLimit(member), !member.isNamed(at: now) else { return false }
        return member.isDrained || now >= limit
    }

    /// Takes one out of service where enough others serve.
    private var drain: RolloutStep? {
        let candidates = surplus.filter { $0.drainStartedAt == nil }
            .sorted { rank($0) < rank($1) }
        guard let candidate = candidates.first else { return nil }
        let left = serving - (candidate.isServing ? 1 : 0)
        let floor = startsFirst ? count : max(0, count - batch)
        let isInTheWay = !candidate.isServing && starting.isEmpty && active >= limit && !missing.isEmpty
        guard left >= floor || isInTheWay else { return nil }
        if !startsFirst {
            guard starting.isEmpty else { return nil }
            if missing.isEmpty == false, draining.isEmpty, active >= count, let until = pauseEnd {
                return .wait("the pause between batches", until: until)
            }
        }
        return .drain(candidate.id)
    }

    /// Those that serve nobody first, then the unhealthy, then the highest slot.
    private func rank(_ member: Member) -> (Int, Int) {
        (member.isServing ? (member.health?.verdict == .unhealthy ? 1 : 2) : 0, -member.slot)
    }

    // MARK: In

    private var start: RolloutStep? {
        if let part = wanted.first(where: { !$0.isWhole }) { return .create(slot: part.slot) }
        let first = wanted.first { ($0.state == .created || isStopped($0)) && !isDone($0) } ?? resumed
        return first.map { .start($0.id) }
    }

    /// A parked container that runs was started by a server that died before it could say so: it fills its slot.
    private var resumed: Member? {
        missing.lazy.compactMap { resumable[$0] }.first { $0.isUp }
    }

    private var admission: RolloutStep? {
        wanted.first { $0.awaitsAdmission && isReady($0) && !isDone($0) }.map { .admit($0.id) }
    }

    /// Fills the next empty slot where the batch and the limit on running containers leave room.
    private var fill: RolloutStep? {
        guard let slot = nextSlot else { return nil }
        let isAlone = surplus.isEmpty
        if !isAlone {
            let finished = wanted.count - starting.count
            guard wanted.count < (finished / batch + 1) * batch, active < limit else { return nil }
            if starting.isEmpty, startsFirst {
                guard draining.isEmpty, serving <= count else { return nil }
                if let until = pauseEnd { return .wait("the pause between batches", until: until) }
            }
        }
        return resumable[slot].map { .start($0.id) } ?? .create(slot: slot)
    }

    /// Where a container must not run beside the one that it replaces, a slot that is free.
    private var nextSlot: Int? {
        // A container that is kept can be in the new unit only when it isn't in the old one any more.
        if seen.keepsPrimary { return missing.first { slot in !surplus.contains { $0.slot == slot } } }
        guard let goal, goal.holdsSlots, !startsFirst else { return missing.first }
        return missing.first { slot in !surplus.contains { $0.slot == slot && $0.isUp } }
    }

    private var wait: RolloutStep? {
        for member in starting {
            if case .starting(let reason, let until)? = readiness[member.id] { return .wait(reason, until: until) }
            return .wait("the edge has not taken up \(member.name) yet", until: nil)
        }
        if let member = draining.first {
            return .wait(
                "\(member.name) finishes its open requests",
                until: member.isNamed(at: now) ? member.namedUntil : drainLimit(member))
        }
        if missing.isEmpty, surplus.isEmpty { return nil }
        return .wait("\(serving) of \(count) serve", until: nil)
    }

    // MARK: Counts

    /// Containers of the goal that don't serve yet.
    private var starting: [Member] { wanted.filter { !(isReady($0) && $0.isServing || isDone($0)) } }
    private var draining: [Member] { surplus.filter { $0.drainStartedAt != nil } }
    /// How many take new requests now.
    private var serving: Int { wanted.count - starting.count + surplus.filter(\.isServing).count }
    /// Containers that run or are about to.
    private var active: Int {
        wanted.count + surplus.count + seen.members.filter { $0.parkedAt != nil && $0.isUp }.count
    }
    private var limit: Int { startsFirst ? count + batch : count }

    /// When the pause after the last batch ends; nil when it has.
    private var pauseEnd: Date? {
        guard rollout.options.interval > 0, let startedAt = rollout.startedAt,
            let last = seen.members.filter({ $0.generation != generation }).compactMap(\.parkedAt).max(),
            last >= startedAt
        else { return nil }
        let end = last.addingTimeInterval(Double(rollout.options.interval) / 1000)
        return now < end ? end : nil
    }
}
