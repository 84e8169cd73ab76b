import Engines
import Foundation
import Model
import Testing

@testable import Stacks

@Suite struct NextStepTests {
    let check = HealthCheck(port: 80, requestLine: "GET /health HTTP/1.0", initializingTimeout: 20_000)

    @Test func firstDeployStartsAllAtOnce() {
        let world = RolloutWorld(scale: 3, from: nil)
        #expect(world.run())
        #expect(world.rollout.state == .done)
        #expect(world.standing == ["2-1", "2-2", "2-3"])
        #expect(world.steps.first == .begin)
        #expect(world.steps[1] == .create(slot: 1))
    }

    @Test func upgradeStartsFirstAndGoesOneByOne() {
        let world = RolloutWorld(scale: 3, from: 3, check: check)
        #expect(world.run())
        #expect(world.rollout.state == .done)
        #expect(world.standing == ["2-1", "2-2", "2-3"])
        #expect(world.mostRunning == 4)
        #expect(world.leastServing == 3)
        #expect(world.members.filter { $0.parkedAt != nil }.count == 3)
        let kinds = world.steps.filter { if case .wait = $0 { false } else { true } }
        let first = world.members.first { $0.generation == 2 && $0.slot == 1 }?.id ?? ""
        #expect(
            Array(kinds.prefix(6)) == [
                .begin, .create(slot: 1), .start(first), .admit(first), .drain("old3"), .park("old3"),
            ])
    }

    @Test func stopFirstTakesOneOutBeforeItsSuccessorStarts() {
        let world = RolloutWorld(scale: 3, from: 3, startFirst: false)
        #expect(world.run())
        #expect(world.rollout.state == .done)
        #expect(world.mostRunning == 3)
        #expect(world.leastServing == 2)
        #expect(world.standing == ["2-1", "2-2", "2-3"])
    }

    @Test func batchOfTwoReplacesTwoAtOnce() {
        let world = RolloutWorld(scale: 4, from: 4, batch: 2)
        #expect(world.run())
        #expect(world.mostRunning == 6)
        #expect(world.leastServing == 4)
    }

    @Test(arguments: [true, false]) func intervalIsKeptBetweenBatches(startFirst: Bool) {
        let world = RolloutWorld(scale: 3, from: 3, interval: 60_000, startFirst: startFirst)
        let from = world.now
        #expect(world.run())
        #expect(world.rollout.state == .done)
        #expect(world.now.timeIntervalSince(from) >= 120)
        #expect(world.now.timeIntervalSince(from) < 180)
    }

    @Test(arguments: [true, false]) func crashingRevisionIsRolledBackToTheVeryContainers(startFirst: Bool) {
        let world = RolloutWorld(scale: 3, from: 3, startFirst: startFirst)
        world.crashing = [2]
        #expect(world.run())
        #expect(world.rollout.state == .rolledBack)
        #expect(world.rollout.reason == "shop-orders-2-1 exited with status 3")
        #expect(world.standing == ["1-1", "1-2", "1-3"])
        #expect(world.members.filter { $0.generation == 1 }.map(\.id).sorted() == ["old1", "old2", "old3"])
        #expect(world.leastServing >= (startFirst ? 3 : 2))
    }

    @Test func neverHealthyFailsAfterInitializingTimeout() {
        let world = RolloutWorld(scale: 2, from: 2, check: check)
        world.healthyAfter[2] = .some(nil)
        #expect(world.run())
        #expect(world.rollout.state == .rolledBack)
        #expect(world.rollout.reason == "shop-orders-2-1 was not healthy after 20 s")
    }

    @Test func firstDeployThatFailsKeepsItsContainersStopped() {
        let world = RolloutWorld(scale: 2, from: nil, check: check)
        world.healthyAfter[2] = .some(nil)
        #expect(world.run())
        #expect(world.rollout.state == .failed)
        #expect(world.running == 0)
        #expect(world.members.count == 2)
        #expect(world.members.allSatisfy { $0.parkedAt != nil })
    }

    @Test func deadlineEndsARolloutThatCannotEnd() {
        let world = RolloutWorld(scale: 2, from: 2)
        world.edgeLag = .infinity
        world.rollout.options.deadline = 30_000
        #expect(world.run())
        #expect(world.rollout.state == .rollbackFailed)
        #expect(world.rollout.reason?.hasPrefix("not done after 30 s") == true)
    }

    @Test func oneThatExitedBeforeIsStartedAgain() {
        let world = RolloutWorld(scale: 3, from: 2)
        world.generation = 1
        world.rollout.spec.image = "acme/orders:1"
        // It crashed while nobody looked: that says nothing about the other scale.
        world.members[0].state = .exited
        world.members[0].exitStatus = 1
        #expect(world.run())
        #expect(world.rollout.state == .done)
        #expect(world.standing == ["1-1", "1-2", "1-3"])
    }

    @Test func oneThatCrashesAgainIsNot() {
        let world = RolloutWorld(scale: 3, from: 2)
        world.generation = 1
        world.members[0].state = .exited
        world.members[0].exitStatus = 1
        world.crashing = [1]
        _ = world.run(limit: 20)
        #expect(world.steps.contains(.beginRollback("shop-orders-1-1 exited with status 3")))
    }

    @Test func cancelGoesBack() {
        let world = RolloutWorld(scale: 3, from: 3)
        #expect(world.run { if $0.steps.count > 8 { $0.cancelRequested = true } })
        #expect(world.rollout.state == .cancelled)
        #expect(world.standing == ["1-1", "1-2", "1-3"])
        #expect(world.leastServing == 3)
    }

    @Test func cancelledWhileQueuedChangesNothing() {
        let world = RolloutWorld(scale: 3, from: 3)
        world.cancelRequested = true
        #expect(world.run())
        #expect(world.steps == [.finish(.cancelled, reason: "cancelled")])
    }

    @Test(arguments: [(1, 4), (4, 1), (2, 0), (0, 2)]) func scaleChangesOfOneGeneration(from: Int, to: Int) {
        let world = RolloutWorld(scale: to, from: from)
        world.generation = 1
        world.rollout.spec.image = "acme/orders:1"
        #expect(world.run())
        #expect(world.rollout.state == .done)
        #expect(world.standing == (0..<to).map { "1-\($0 + 1)" })
        #expect(world.members.allSatisfy { $0.parkedAt == nil })
    }

    @Test func parkedOfAnEarlierRolloutGoAtTheNext() {
        let world = RolloutWorld(scale: 1, from: 1)
        world.members.append(
            .init(id: "ancient", name: "x", slot: 1, generation: 0, state: .exited, parkedAt: world.now))
        #expect(world.run())
        #expect(!world.members.contains { $0.id == "ancient" })
        #expect(world.members.contains { $0.id == "old1" && $0.parkedAt != nil })
    }

    @Test func parkedContainersOfTheGoalAreStartedInsteadOfCreated() {
        let world = RolloutWorld(scale: 2, from: 2)
        for slot in 1...2 {
            world.members.append(
                .init(id: "p\(slot)", name: "p\(slot)", slot: slot, generation: 2, state: .exited, parkedAt: world.now))
        }
        world.imageReady = false
        #expect(world.run())
        #expect(world.rollout.state == .done)
        #expect(world.members.filter { $0.parkedAt == nil }.map(\.id).sorted() == ["p1", "p2"])
    }

    @Test func aParkedContainerThatRunsFillsItsSlot() {
        // The server died when it had started it, and before it could record that it is parked no more.
        let world = RolloutWorld(scale: 3, from: 3)
        for slot in 1...3 {
            world.members.append(
                .init(
                    id: "p\(slot)", name: "p\(slot)", slot: slot, generation: 2, state: slot == 1 ? .running : .exited,
                    startedAt: slot == 1 ? world.now : nil, parkedAt: world.now))
        }
        #expect(world.run())
        #expect(world.rollout.state == .done)
        #expect(world.standing == ["2-1", "2-2", "2-3"])
        #expect(world.mostRunning == 4)
    }

    @Test func refusalOfTheEngineRollsBack() {
        let world = RolloutWorld(scale: 1, from: 1)
        world.problem = "no such image"
        #expect(world.run())
        #expect(world.rollout.state == .rolledBack)
        #expect(world.rollout.reason == "no such image")
    }

    @Test func anEngineThatDoesNotAnswerOnlyDelays() {
        let world = RolloutWorld(scale: 1, from: 1)
        _ = world.advance()
        var seen = world.observation()
        seen.unavailable = "the engine doesn't answer"
        let deadline = world.rollout.deadline
        #expect(
            nextStep(of: world.rollout, given: seen, now: world.now)
                == .wait("the engine doesn't answer", until: deadline))
        let late = world.now.addingTimeInterval(601)
        #expect(
            nextStep(of: world.rollout, given: seen, now: late)
                == .beginRollback("not done after 600 s: the engine doesn't answer"))
    }

    @Test func whatWasStoppedFromOutsideIsStartedAgain() {
        var rollout = Rollout(
            id: 2, environmentID: 1, stack: "shop", service: "orders", spec: ServiceSpec(name: "orders", image: "x:2"),
            previous: ServiceSpec(name: "orders", image: "x:1"), options: RolloutOptions(), state: .rolling,
            queuedAt: Date())
        func step(_ generation: Int64, _ status: Int) -> RolloutStep {
            let member = RolloutObservation.Member(
                id: "a", name: "a", slot: 1, generation: generation, state: .exited, exitStatus: status)
            let seen = RolloutObservation(members: [member], generation: 2, previousGeneration: 1)
            return nextStep(of: rollout, given: seen, now: Date())
        }
        #expect(step(2, 137) == .start("a") && step(2, 0) == .start("a"))
        #expect(step(2, 3) == .beginRollback("a exited with status 3"))
        rollout.state = .rollingBack
        #expect(step(1, 3) == .start("a"))
    }

    /// Found by the simulation: one that had replaced a lost one when the engine went away was the first to be stopped.
    @Test(arguments: [true, false]) func whatNobodyHadTakenInYetCountsAsTheOthersDo(isFit: Bool) {
        let world = RolloutWorld(scale: 2, from: 2, check: check)
        world.members[1].isAdmitted = false
        world.admittedAt["old2"] = nil
        if !isFit { world.healthyAfter[1] = .some(nil) }
        #expect(world.run())
        #expect(world.rollout.state == .done)
        #expect(world.standing == ["2-1", "2-2"])
        let first = world.steps.first { step in
            switch step {
            case .begin, .pull, .wait: false
            default: true
            }
        }
        #expect(first == (isFit ? .admit("old2") : .park("old2")))
    }

    /// Found by the simulation: its primary, which goes on, was taken out of the edge with its requests open.
    @Test func aUnitWhoseSidekickIsGoneDrainsBeforeItIsReplaced() {
        let now = Date(timeIntervalSince1970: 1_000_000)
        let spec = ServiceSpec(name: "web", image: "web:1")
        let rollout = Rollout(
            id: 2, environmentID: 1, stack: "shop", service: "web", spec: spec, previous: spec,
            options: RolloutOptions(drain: 5000), state: .rolling, queuedAt: now)
        var old = RolloutObservation.Member(
            id: "web", name: "web", slot: 1, generation: 1, state: .exited, isAdmitted: true, isInEdge: true)
        old.parts = [
            .init(id: "web", name: "web", generation: 1, state: .running, isAdmitted: true, isKept: true),
            .init(id: "log", name: "log", sidekick: "log", generation: 1, state: .exited, isAdmitted: true),
        ]
        func step() -> RolloutStep {
            var seen = RolloutObservation(members: [old], generation: 2, previousGeneration: 1)
            seen.keepsPrimary = true
            return nextStep(of: rollout, given: seen, now: now)
        }
        #expect(step() == .drain("web"))
        old.drainStartedAt = now.addingTimeInterval(-1)
        #expect(step() == .wait("web finishes its open requests", until: now.addingTimeInterval(4)))
        old.isDrained = true
        #expect(step() == .park("web"))
    }

    @Test func unhealthyOldOnesGoFirst() {
        let world = RolloutWorld(scale: 3, from: 3)
        world.members[0].health = HealthRecord(since: world.now, verdict: .unhealthy)
        #expect(world.run())
        #expect(world.steps.first { if case .drain = $0 { true } else { false } } == .drain("old1"))
    }

    @Test func aBatchStartsAndGoesAtOnce() {
        let world = RolloutWorld(scale: 4, from: 4, batch: 2, check: check)
        world.atOnce = true
        #expect(world.run())
        let acts = world.groups.filter { if case .wait = $0[0] { false } else { true } }
        #expect(acts[1] == [.create(slot: 1), .create(slot: 2)])
        #expect(acts[2].count == 2 && acts[3].count == 2)
        #expect(acts[4] == [.drain("old4"), .drain("old3")])
        #expect(acts[5] == [.park("old3"), .park("old4")])
        #expect(acts.count == 12)
        #expect(world.mostRunning == 6)
        #expect(world.leastServing == 4)
    }

    @Test func atOnceIsOnlyWhatIsOfOneKindAndForOthers() {
        let world = RolloutWorld(scale: 3, from: nil)
        world.atOnce = true
        #expect(world.run())
        for group in world.groups {
            #expect(Set(group).count == group.count)
            let waits = group.contains { if case .wait = $0 { true } else { false } }
            #expect(!waits || group.count == 1)
        }
        #expect(world.groups.contains([.create(slot: 1), .create(slot: 2), .create(slot: 3)]))
        // More than the limit take several turns.
        let many = RolloutWorld(scale: 40, from: nil)
        many.atOnce = true
        #expect(many.run())
        #expect(many.groups.map(\.count).max() == 16)
    }

    /// I1-I4 and I6, from any point at which things go wrong.
    @Test(arguments: 0..<300, [false, true]) func invariantsHold(seed: Int, atOnce: Bool) {
        var random = Seeded(seed)
        let scale = Int.random(in: 1...5, using: &random)
        let previousScale =
            [nil, scale, scale, Int.random(in: 1...5, using: &random)].randomElement(using: &random) ?? nil
        let batch = Int.random(in: 1...3, using: &random)
        let startFirst = Bool.random(using: &random)
        let hasCheck = Bool.random(using: &random)
        let world = RolloutWorld(
            scale: scale, from: previousScale, batch: batch,
            interval: [0, 0, 3000].randomElement(using: &random) ?? 0, startFirst: startFirst,
            check: hasCheck ? check : nil)
        world.atOnce = atOnce
        world.edgeLag = [0, 0.7].randomElement(using: &random) ?? 0
        world.imageReady = Bool.random(using: &random)
        if Int.random(in: 0..<4, using: &random) == 0 { world.crashing = [2] }
        if Int.random(in: 0..<4, using: &random) == 0 { world.healthyAfter[2] = .some(nil) }
        let trouble = Int.random(in: 2..<60, using: &random)
        let kind = Int.random(in: 0..<4, using: &random)
        var hasStruck = false
        let ended = world.run {
            guard $0.steps.count >= trouble, !hasStruck, !$0.rollout.state.isFinal else { return }
            hasStruck = true
            switch kind {
            case 0: $0.cancelRequested = $0.rollout.state == .rolling
            case 1: $0.crashing = [2]
            case 2: $0.problem = $0.rollout.state == .rolling ? "refused" : nil
            default: break
            }
        }
        #expect(ended)
        #expect([.done, .rolledBack, .failed, .cancelled].contains(world.rollout.state), "\(world.rollout)")
        // I1
        let floor = min(scale, previousScale ?? 0)
        #expect(world.leastServing >= (startFirst ? floor : max(0, floor - batch)))
        #expect(world.mostRunning <= max(scale, previousScale ?? 0) + batch)
        // I2, I4
        let generation: Int64? = world.rollout.state == .done ? 2 : world.previousGeneration
        let count = world.rollout.state == .done ? scale : previousScale ?? 0
        #expect(world.standing == generation.map { g in (0..<count).map { "\(g)-\($0 + 1)" } } ?? [])
        let standing = world.members.filter { $0.parkedAt == nil }
        #expect(standing.allSatisfy { $0.state == .running && $0.isAdmitted && $0.drainStartedAt == nil })
        // I3
        #expect(world.members.filter { $0.parkedAt != nil }.allSatisfy { $0.state == .exited && !$0.isAdmitted })
        // I6
        #expect(nextStep(of: world.rollout, given: world.observation(), now: world.now) == .rest)
    }

    /// Found by the simulation: with a settle time shorter than one life, it went on to the deadline.
    @Test(arguments: [0, 500, 30_000]) func aCrashLoopIsFailedHoweverShortTheSettleTime(settle: Int) {
        let now = Date(timeIntervalSince1970: 1_000_000)
        var member = RolloutObservation.Member(
            id: "a", name: "shop-orders-2-1", slot: 1, generation: 2, state: .running, restarts: 3,
            startedAt: now.addingTimeInterval(-1))
        func readiness() -> Readiness {
            Readiness(of: member, spec: nil, settle: settle, steady: Readiness.steadyAfter, now: now)
        }
        #expect(readiness() == .failed("shop-orders-2-1 was restarted 3 times and exits again and again"))
        member.startedAt = now.addingTimeInterval(-30)
        #expect(readiness() == .ready)
    }
}
