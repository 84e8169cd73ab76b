import Engines
import Model

/// One container of a service, with what is recorded of it.
struct SeenContainer: Hashable, Sendable {
    typealias Member = RolloutObservation.Member

    /// As if it were alone in its unit; its generation is that of its own.
    var member: Member
    /// Nil: a primary.
    var sidekick: String?
    /// Whether it runs to its end and rests then.
    var runsOnce = false
    /// Whether it is created, and never started.
    var staysCreated = false
}

/// Puts containers together into units: those of `goal`, those of `other` (what it replaces, or what is being taken
/// back), and what earlier rollouts left.
///
/// A container that belongs to both kinds is kept when one follows the other. While the primary of the goal isn't made,
/// or is the very one that is kept, such containers are the other unit's until what is its own is gone; from then on
/// they are the goal's.
func units(of seen: [SeenContainer], goal: UnitKind?, other: UnitKind?) -> [RolloutObservation.Member] {
    let kinds = [goal, other].compactMap(\.self)
    guard let goal,
        seen.contains(where: { $0.sidekick != nil }) || kinds.contains(where: { !$0.parts.sidekicks.isEmpty })
    else { return seen.map(\.member) }
    return Dictionary(grouping: seen, by: \.member.slot).sorted { $0.key < $1.key }.flatMap { slot, containers in
        UnitsOfSlot(containers, goal: goal, other: other, isWanted: slot <= goal.scale).members
    }
}

private struct UnitsOfSlot {
    typealias Member = RolloutObservation.Member

    let goal: UnitKind
    let other: UnitKind?
    /// Of both kinds, of the goal alone, of the other alone, of neither.
    private var kept: [SeenContainer] = []
    private var goals: [SeenContainer] = []
    private var others: [SeenContainer] = []
    private var rest: [SeenContainer] = []

    init(_ containers: [SeenContainer], goal: UnitKind, other: UnitKind?, isWanted: Bool) {
        self.goal = goal
        self.other = other?.generation == goal.generation ? nil : other
        for container in containers {
            let isOfGoal = Self.isOf(goal, container)
            switch (isOfGoal, self.other.map { Self.isOf($0, container) } ?? false) {
            // Where the goal wants no unit, nothing is kept for it.
            case (true, true): if isWanted { kept.append(container) } else { others.append(container) }
            case (true, false): goals.append(container)
            case (false, true): others.append(container)
            case (false, false): rest.append(container)
            }
        }
    }

    private static func isOf(_ kind: UnitKind, _ container: SeenContainer) -> Bool {
        kind.parts[container.sidekick] == container.member.generation
    }

    var members: [Member] {
        let leftOver = Dictionary(grouping: rest, by: \.member.generation).sorted { $0.key < $1.key }
            .map { generation, containers in unit(containers, generation) }
        return [goalMember, otherMember].compactMap(\.self) + leftOver
    }

    private var otherStands: Bool { others.contains { $0.member.parkedAt == nil } }
    private var keepsPrimary: Bool { kept.contains { $0.sidekick == nil } }
    private var goalHasPrimary: Bool { goals.contains { $0.sidekick == nil && $0.member.parkedAt == nil } }
    /// Whether the kept containers are the other unit's for now.
    private var keptAreOthers: Bool { otherStands && (keepsPrimary || !goalHasPrimary) }

    private var goalMember: Member? {
        if !goals.isEmpty, goals.allSatisfy({ $0.member.parkedAt != nil }) { return unit(goals, goal.generation) }
        guard !goals.isEmpty || !kept.isEmpty && !otherStands else { return nil }
        let isShared = keepsPrimary && keptAreOthers
        var member = unit(goals + (isShared ? [] : kept), goal.generation, kept: others.isEmpty ? [] : kept)
        let there = (goals + kept).filter { $0.member.state != .removing }.map(\.sidekick)
        member.isWhole = !isShared && goal.names.allSatisfy(there.contains)
        return member
    }

    private var otherMember: Member? {
        guard let other, !others.isEmpty else { return nil }
        guard otherStands else { return unit(others, other.generation) }
        return unit(others + (keptAreOthers ? kept : []), other.generation, kept: kept)
    }

    /// The containers as one: as the primary is recorded, and as well as the one that is worst off.
    private func unit(_ containers: [SeenContainer], _ generation: Int64, kept: [SeenContainer] = []) -> Member {
        let containers = containers.sorted { ($0.sidekick ?? "", $0.member.id) < ($1.sidekick ?? "", $1.member.id) }
        var unit = (containers.first { $0.sidekick == nil } ?? containers[0]).member
        let own = containers.filter { container in !kept.contains { $0.member.id == container.member.id } }
        unit.generation = generation
        unit.parts = containers.map { container in
            Member.Part(
                container, isKept: kept.contains { $0.member.id == container.member.id })
        }
        let living = unit.parts.filter { !$0.isDone && $0.state != .removing || $0.id == unit.id }
        let worst = living.max { Self.rank($0.state) < Self.rank($1.state) }
        unit.state = worst?.state ?? unit.state
        unit.exitStatus = worst?.exitStatus
        unit.restarts = living.map(\.restarts).max() ?? 0
        unit.startedAt = living.compactMap(\.startedAt).max() ?? unit.startedAt
        unit.parkedAt = own.allSatisfy { $0.member.parkedAt != nil } ? own.compactMap(\.member.parkedAt).max() : nil
        unit.isInEdge = containers.allSatisfy { !$0.member.isAdmitted || $0.member.isInEdge } && unit.isInEdge
        unit.isDrained = containers.allSatisfy { $0.member.drainStartedAt == nil || $0.member.isDrained }
        return unit
    }

    private static func rank(_ state: ObservedContainer.State) -> Int {
        switch state {
        case .running: 0
        case .paused: 1
        case .restarting: 2
        case .created: 3
        case .exited: 4
        case .dead: 5
        case .removing: 6
        }
    }
}

extension RolloutObservation.Member.Part {
    fileprivate init(_ container: SeenContainer, isKept: Bool) {
        let member = container.member
        self.init(
            id: member.id, name: member.name, sidekick: container.sidekick, generation: member.generation,
            state: member.state, exitStatus: member.exitStatus, restarts: member.restarts,
            startedAt: member.startedAt, address: member.address, health: member.health,
            isAdmitted: member.isAdmitted, isKept: isKept, runsOnce: container.runsOnce,
            staysCreated: container.staysCreated)
    }
}
