import Engines
import Foundation
import Logging
import Model
import Store
import Testing

@testable import Stacks

/// What is done for a service that no rollout is at work on.
@Suite struct RepairTests {
    let now = Date(timeIntervalSince1970: 1_000_000)
    let spec = ServiceSpec(name: "orders", image: "acme/orders:1", scale: 1)
    let options = RolloutOptions(settle: 1000, drain: 5000)
    let key = ServiceKey(environmentID: 1, stack: "shop", service: "orders")

    func member(_ generation: Int64, _ slot: Int, admitted: Bool = true) -> RolloutObservation.Member {
        .init(
            id: "\(generation)-\(slot)", name: "shop-orders-\(generation)-\(slot)", slot: slot, generation: generation,
            state: .running, startedAt: now.addingTimeInterval(-3600), isAdmitted: admitted, isInEdge: admitted)
    }

    func steps(_ members: RolloutObservation.Member...) -> [RolloutStep] {
        repairs(of: spec, generation: 1, members: members, options: options, now: now)
    }

    @Test func whatIsAsItShallBeIsLeftAlone() {
        #expect(steps(member(1, 1)) == [])
    }

    @Test func whatIsMissingIsCreated() {
        #expect(steps() == [.create(slot: 1)])
    }

    @Test func oneTooManyThatServesIsDrainedBeforeItGoes() {
        var other = member(2, 1)
        #expect(steps(member(1, 1), other) == [.drain("2-1")])
        other.drainStartedAt = now.addingTimeInterval(-4)
        #expect(steps(member(1, 1), other) == [])
        other.isDrained = true
        #expect(steps(member(1, 1), other) == [.remove("2-1")])
        other.isDrained = false
        other.drainStartedAt = now.addingTimeInterval(-5)
        #expect(steps(member(1, 1), other) == [.remove("2-1")])
    }

    @Test func oneTooManyThatServesNobodyGoesAtOnce() {
        var stopped = member(3, 1)
        stopped.state = .exited
        #expect(steps(member(1, 1), member(2, 1, admitted: false), stopped) == [.remove("2-1"), .remove("3-1")])
    }

    @Test func whatIsLeftOfAServiceThatIsNoMoreFinishesWhatItHas() {
        func steps(_ members: RolloutObservation.Member..., isKept: Bool = true) -> [RolloutStep] {
            farewells(to: members, isKept: isKept, drain: 5000, now: now)
        }
        var serving = member(1, 1)
        #expect(steps(serving) == [.drain("1-1")])
        serving.drainStartedAt = now.addingTimeInterval(-4)
        serving.isDrained = true
        serving.namedUntil = now.addingTimeInterval(1)
        #expect(steps(serving) == [])
        serving.namedUntil = now
        #expect(steps(serving) == [.park("1-1")])
        #expect(steps(serving, isKept: false) == [.remove("1-1")])
        var (created, parked) = (member(1, 2, admitted: false), member(1, 3))
        created.state = .created
        parked.parkedAt = now
        #expect(steps(created, parked, member(1, 4, admitted: false)) == [.remove("1-2"), .park("1-4")])
    }

    @Test func unhealthyOnesAreReplacedAsTheStrategySays() {
        func steps(_ strategy: HealthCheck.Strategy, quorum: Int? = nil, sick: Int) -> [RolloutStep] {
            var spec = spec
            spec.scale = 4
            spec.healthCheck = HealthCheck(port: 80, strategy: strategy, quorum: quorum)
            let members = (1...4).map { slot in
                var member = member(1, slot)
                member.health = HealthRecord(since: now, verdict: slot > sick ? .healthy : .unhealthy)
                member.isInEdge = slot > sick
                return member
            }
            return repairs(of: spec, generation: 1, members: members, options: options, now: now)
        }
        #expect(steps(.recreate, sick: 2) == [.remove("1-1"), .remove("1-2")])
        #expect(steps(.recreate, sick: 4).count == 4)
        #expect(steps(.recreateOnQuorum, sick: 3).count == 3)
        #expect(steps(.recreateOnQuorum, sick: 4) == [])
        #expect(steps(.recreateOnQuorum, quorum: 2, sick: 2).count == 2)
        #expect(steps(.recreateOnQuorum, quorum: 3, sick: 2) == [])
        #expect(steps(.none, sick: 4) == [])
    }

    /// Found by the simulation: half of a unit went on where the engine went away while the unit was being parked.
    @Test func whatIsRecordedAsParkedAndRunsIsStopped() {
        func container(_ id: String, _ state: ObservedContainer.State) -> ObservedContainer {
            .init(id: id, name: id, image: "a:1", imageID: "1", labels: [:], state: state, createdAt: now)
        }
        func record(_ id: String, parkedAt: Date?) -> ContainerRecord {
            var record = ContainerRecord(id: id, key: key, generation: 1, slot: 1)
            record.parkedAt = parkedAt
            return record
        }
        let containers = [container("parked", .exited), container("half", .running), container("log", .running)]
        let records = ["parked": record("parked", parkedAt: now), "half": record("half", parkedAt: now)]
        #expect(leftRunning(containers, records.merging(["log": record("log", parkedAt: nil)]) { $1 }) == ["half"])
    }

    /// Found by the simulation: a unit whose sidekick was sick was stopped with its open requests.
    @Test func aSickUnitThatServesIsDrainedBeforeItIsReplaced() {
        var spec = spec
        spec.healthCheck = HealthCheck(port: 80, strategy: .recreate)
        var member = member(1, 1)
        member.health = HealthRecord(since: now, verdict: .unhealthy)
        func steps() -> [RolloutStep] {
            repairs(of: spec, generation: 1, members: [member], options: options, now: now)
        }
        #expect(steps() == [.drain("1-1")])
        member.drainStartedAt = now.addingTimeInterval(-4)
        #expect(steps() == [])
        member.isDrained = true
        #expect(steps() == [.remove("1-1")])
        member.health = HealthRecord(since: now, verdict: .healthy)
        #expect(steps() == [.admit("1-1")])
    }

    /// Found by the simulation: the rollout that was cancelled while it waited counted as the service's last.
    @Test func afterAFailedRollbackThingsAreLeftAloneThoughAWaitingRolloutIsCancelled() async throws {
        let engine = SimulatedEngine(images: (1...3).map { "acme/orders:\($0)" })
        let store = try Store(path: nil, migrations: StackService.migrations)
        let service = StackService(
            store: store, engineFor: { _ in engine }, instance: "test", logger: Logger(label: "test"),
            surroundings: Surroundings(edge: nil))
        let environment = try await service.addEnvironment(name: "production", socket: "/nowhere.sock")
        let key = ServiceKey(environmentID: environment.id, stack: "shop", service: "orders")
        func up(_ version: Int, deadline: Int = 60_000) async throws {
            var spec = spec
            spec.image = "acme/orders:\(version)"
            _ = try await service.up(
                UpRequest(
                    stack: "shop", spec: StackSpec(services: [spec]), upgrade: true,
                    options: RolloutOptions(settle: 0, deadline: deadline, drain: 0)), in: environment,
                pin: { _ in nil })
        }
        #expect(await service.claim(key))
        try await up(1)
        while try await service.turn(of: key) != .rests {}
        // Its time is over as soon as it has begun, and so is that of its way back.
        try await up(2, deadline: 0)
        _ = try await service.turn(of: key)
        try await up(3)
        try await service.cancel(rollout: 3)
        while try await service.turn(of: key) != .rests {}
        await service.release(key)
        #expect(try await service.rollout(2).state == .rollbackFailed)
        #expect(try await service.rollout(3).state == .cancelled)
        await engine.crash("production-shop-orders-1-1", status: 1)
        let before = await engine.snapshot()
        _ = await service.tend(environment)
        #expect(await engine.snapshot() == before)
    }
}
