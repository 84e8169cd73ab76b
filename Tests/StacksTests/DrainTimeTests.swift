import Engines
import Foundation
import Model
import Testing

@testable import Stacks

@Suite struct DrainTimeTests {
    func member(draining since: Date) -> RolloutObservation.Member {
        RolloutObservation.Member(
            id: "old", name: "old", slot: 1, generation: 1, state: .running, isAdmitted: true, isInEdge: true,
            drainStartedAt: since, isDrained: false)
    }

    func rollout(_ drain: Int?) -> Rollout {
        var previous = ServiceSpec(name: "orders", image: "acme/orders:1")
        previous.lifecycle = ContainerLifecycle()
        previous.lifecycle?.drainTimeout = drain
        return Rollout(
            id: 2, environmentID: 1, stack: "shop", service: "orders",
            spec: ServiceSpec(name: "orders", image: "acme/orders:2"), previous: previous,
            options: RolloutOptions(settle: 0, deadline: 600_000, drain: 5000), state: .rolling,
            queuedAt: Date(timeIntervalSince1970: 0))
    }

    func step(_ rollout: Rollout, drainingFor seconds: Double) -> RolloutStep {
        let now = Date(timeIntervalSince1970: 1000)
        let new = RolloutObservation.Member(
            id: "new", name: "new", slot: 1, generation: 2, state: .running, startedAt: now.addingTimeInterval(-60),
            isAdmitted: true, isInEdge: true)
        let seen = RolloutObservation(
            members: [member(draining: now.addingTimeInterval(-seconds)), new], generation: 2, previousGeneration: 1)
        return nextStep(of: rollout, given: seen, now: now)
    }

    @Test func `A service's own drain time holds for what was made from that spec`() {
        #expect(step(rollout(nil), drainingFor: 6) == .park("old"))
        #expect(step(rollout(0), drainingFor: 6) == .park("old"))
        guard case .wait(_, let until) = step(rollout(60_000), drainingFor: 6) else {
            Issue.record("it was not waited for")
            return
        }
        #expect(until == Date(timeIntervalSince1970: 1054))
        #expect(step(rollout(60_000), drainingFor: 61) == .park("old"))
        #expect(step(rollout(1000), drainingFor: 2) == .park("old"))
    }

    @Test func `What somebody may still call by its name is waited for, however short the drain time`() {
        let now = Date(timeIntervalSince1970: 1000)
        let options = RolloutOptions(drain: 0)
        var old = member(draining: now.addingTimeInterval(-0.1))
        (old.isDrained, old.namedUntil) = (true, now.addingTimeInterval(0.2))
        let new = RolloutObservation.Member(
            id: "new", name: "new", slot: 1, generation: 2, state: .running, startedAt: now.addingTimeInterval(-60),
            isAdmitted: true, isInEdge: true)
        var rollout = rollout(nil)
        rollout.options.drain = 0
        func step(at now: Date) -> RolloutStep {
            let seen = RolloutObservation(members: [old, new], generation: 2, previousGeneration: 1)
            return nextStep(of: rollout, given: seen, now: now)
        }
        #expect(step(at: now) == .wait("old finishes its open requests", until: old.namedUntil))
        #expect(step(at: now.addingTimeInterval(0.2)) == .park("old"))
        let spec = ServiceSpec(name: "orders", image: "acme/orders:1", scale: 0)
        #expect(repairs(of: spec, generation: 1, members: [old], options: options, now: now) == [])
        let later = now.addingTimeInterval(0.2)
        #expect(repairs(of: spec, generation: 1, members: [old], options: options, now: later) == [.remove("old")])
    }

    @Test func `A long drain doesn't make the rollout fail`() {
        var spec = ServiceSpec(name: "orders", image: "acme/orders:1", scale: 5)
        let options = RolloutOptions(batchSize: 2, deadline: 600_000, drain: 5000)
        #expect(options.deadline(replacing: spec) == 600_000)
        spec.lifecycle = ContainerLifecycle()
        spec.lifecycle?.drainTimeout = 1_000_000
        #expect(options.deadline(replacing: spec) == 600_000 + 3 * 995_000)
    }

    @Test func `A repair waits as long too`() {
        var spec = ServiceSpec(name: "orders", image: "acme/orders:1", scale: 0)
        spec.lifecycle = ContainerLifecycle()
        spec.lifecycle?.drainTimeout = 60_000
        let now = Date(timeIntervalSince1970: 1000)
        let old = member(draining: now.addingTimeInterval(-6))
        let options = RolloutOptions(drain: 5000)
        #expect(repairs(of: spec, generation: 1, members: [old], options: options, now: now).isEmpty)
        spec.lifecycle = nil
        #expect(repairs(of: spec, generation: 1, members: [old], options: options, now: now) == [.remove("old")])
    }
}
