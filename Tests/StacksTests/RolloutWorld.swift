import Engines
import Foundation
import Model

@testable import Stacks

/// A random generator that gives the same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: Int) { state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

/// A service in a world of its own: containers, an edge and a clock, without any engine. It carries out the steps
/// that `nextStep` asks for, and fails when one may not be.
final class RolloutWorld {
    var rollout: Rollout
    var generation: Int64 = 2
    var previousGeneration: Int64?
    var members: [RolloutObservation.Member] = []
    var now = Date(timeIntervalSince1970: 1_000_000)
    var cancelRequested = false
    var problem: String?
    var imageReady = true
    /// Seconds from start to healthy, by generation; nil never.
    var healthyAfter: [Int64: Double?] = [:]
    /// Generations whose containers exit at once.
    var crashing: Set<Int64> = []
    var edgeLag = 0.0
    /// Whether steps that may be done at once are.
    var atOnce = false
    var admittedAt: [String: Date] = [:]
    var steps: [RolloutStep] = []
    /// The same, as they were done at once.
    var groups: [[RolloutStep]] = []
    var mostRunning = 0
    var leastServing = Int.max
    private var nextID = 100

    init(
        scale: Int, from previousScale: Int?, batch: Int = 1, interval: Int = 0, startFirst: Bool = true,
        check: HealthCheck? = nil, options: RolloutOptions? = nil
    ) {
        var spec = ServiceSpec(name: "orders", image: "acme/orders:2", scale: scale)
        spec.healthCheck = check
        spec.startFirst = startFirst
        var previous = spec
        previous.image = "acme/orders:1"
        previous.scale = previousScale ?? 0
        rollout = Rollout(
            id: 2, environmentID: 1, stack: "shop", service: "orders", spec: spec,
            previous: previousScale == nil ? nil : previous,
            options: options
                ?? RolloutOptions(
                    batchSize: batch, interval: interval, settle: 1000, deadline: 600_000, drain: 5000),
            queuedAt: now)
        previousGeneration = previousScale == nil ? nil : 1
        for slot in 0..<(previousScale ?? 0) {
            members.append(
                .init(
                    id: "old\(slot + 1)", name: "shop-orders-1-\(slot + 1)", slot: slot + 1, generation: 1,
                    state: .running, startedAt: now.addingTimeInterval(-3600), isAdmitted: true))
            admittedAt["old\(slot + 1)"] = now.addingTimeInterval(-3600)
        }
        healthyAfter = [1: 1, 2: 1]
    }

    var check: HealthCheck? { rollout.spec.healthCheck }

    func observation() -> RolloutObservation {
        var seen = members
        for index in seen.indices {
            let member = seen[index]
            let runs = member.state == .running
            let isInEdge =
                admittedAt[member.id].map { runs && now.timeIntervalSince($0) >= edgeLag } ?? false
            seen[index].isInEdge = member.isAdmitted && isInEdge
            seen[index].isDrained = member.drainStartedAt.map { now.timeIntervalSince($0) >= 1 } ?? false
            if let check, runs, let startedAt = member.startedAt {
                var health = HealthRecord(since: startedAt)
                if let after = healthyAfter[member.generation] ?? nil, now.timeIntervalSince(startedAt) >= after {
                    health.verdict = .healthy
                    health.successes = check.healthyThreshold
                }
                seen[index].health = health
            }
        }
        return RolloutObservation(
            members: seen, generation: generation, previousGeneration: previousGeneration, imageReady: imageReady,
            edge: true, cancelRequested: cancelRequested, problem: problem)
    }

    /// How many fit containers take requests.
    var serving: Int {
        observation().members.filter {
            guard $0.isServing else { return false }
            let isOurs = $0.generation == 1 || Readiness(of: $0, spec: rollout.spec, settle: 0, now: now) == .ready
            return isOurs
        }.count
    }

    var running: Int { members.filter { $0.state == .running }.count }

    /// Computes and carries out one step, or those that may be done at once; false when it has ended.
    func advance() -> Bool {
        let next = stepsAtOnce(of: rollout, given: observation(), now: now, limit: atOnce ? 16 : 1) {
            nextStep(of: $0, given: $1, now: $2)
        }
        if next == [.rest] { return false }
        groups.append(next)
        // In no order: what is done at once must not depend on it.
        for step in next.reversed() { carryOut(step) }
        mostRunning = max(mostRunning, running)
        leastServing = min(leastServing, serving)
        return true
    }

    func carryOut(_ step: RolloutStep) {
        steps.append(step)
        let now = self.now
        let crashing = self.crashing
        switch step {
        case .begin:
            rollout.state = .rolling
            rollout.startedAt = now
            rollout.deadline = now.addingTimeInterval(Double(rollout.options.deadline) / 1000)
        case .pull: imageReady = true
        case .create(let slot):
            let target = rollout.state == .rolling ? generation : (previousGeneration ?? 0)
            nextID += 1
            members.append(
                .init(
                    id: "new\(nextID)", name: "shop-orders-\(target)-\(slot)", slot: slot, generation: target,
                    state: .created))
        case .start(let id):
            change(id) {
                $0.state = crashing.contains($0.generation) ? .exited : .running
                $0.exitStatus = crashing.contains($0.generation) ? 3 : nil
                $0.startedAt = now
                $0.parkedAt = nil
            }
        case .admit(let id):
            change(id) {
                $0.isAdmitted = true
                $0.drainStartedAt = nil
            }
            admittedAt[id] = now
        case .drain(let id): change(id) { $0.drainStartedAt = now }
        case .park(let id):
            change(id) {
                $0.parkedAt = now
                $0.isAdmitted = false
                $0.drainStartedAt = nil
                $0.state = .exited
            }
        case .remove(let id): members.removeAll { $0.id == id }
        case .wait: self.now = now.addingTimeInterval(0.5)
        case .beginRollback(let reason):
            rollout.state = .rollingBack
            rollout.reason = reason
            problem = nil
            rollout.deadline = now.addingTimeInterval(Double(rollout.options.deadline) / 1000)
        case .finish(let state, let reason):
            rollout.state = state
            rollout.reason = reason
        case .rest: break
        }
    }

    private func change(_ id: String, _ body: (inout RolloutObservation.Member) -> Void) {
        for index in members.indices where members[index].id == id { body(&members[index]) }
    }

    /// Runs to the end; false when it never ends.
    func run(limit: Int = 5000, _ between: (RolloutWorld) -> Void = { _ in }) -> Bool {
        for _ in 0..<limit {
            if !advance() { return true }
            between(self)
        }
        return false
    }

    /// Containers that aren't parked, as `generation-slot`.
    var standing: [String] {
        members.filter { $0.parkedAt == nil }.map { "\($0.generation)-\($0.slot)" }.sorted()
    }
}
