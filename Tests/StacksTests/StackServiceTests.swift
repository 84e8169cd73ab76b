import Engines
import Foundation
import Model
import Testing

@testable import Stacks

@Suite(.timeLimit(.minutes(1))) struct StackServiceTests {
    let engine = SimulatedEngine(images: ["acme/orders:1", "acme/orders:2", "acme/orders:3"])

    func spec(_ version: Int, scale: Int = 3) -> ServiceSpec {
        ServiceSpec(name: "orders", image: "acme/orders:\(version)", scale: scale)
    }

    @Test func firstDeployThenUpgradeThenNothing() async throws {
        let harbour = try await Harbour(engine: engine)
        let first = try await harbour.deploy(spec(1))
        #expect(first.state == .done)
        #expect(first.serving == 3)
        #expect(
            try await harbour.containers().map(\.name) == (1...3).map { "production-shop-orders-\(first.id)-\($0)" })
        let second = try await harbour.deploy(spec(2))
        #expect(second.state == .done)
        #expect(second.previous?.image == "acme/orders:1")
        let containers = try await harbour.containers()
        #expect(containers.filter { !$0.parked }.map(\.image) == Array(repeating: "acme/orders:2", count: 3))
        #expect(containers.filter(\.parked).count == 3)
        #expect(try await harbour.up([spec(2)], upgrade: true).map(\.action) == [.unchanged])
        #expect(try await harbour.up([spec(3)]).map(\.action) == [.outOfSync])
        let service = try await harbour.service.stacks(in: harbour.environment).first?.services.first
        #expect(service?.state == .active)
        await harbour.stop()
    }

    @Test func whatMayNoLongerBeIsQueuedByNobody() async throws {
        let harbour = try await Harbour(engine: engine)
        let request = UpRequest(stack: "shop", spec: StackSpec(services: [spec(1)]), deployID: 7)
        await #expect(throws: Failure.self) {
            try await harbour.service.up(
                request, in: harbour.environment, pin: { _ in nil },
                admit: { _ in throw Failure(.conflict, "Deploy 7 is being aborted") })
        }
        #expect(try await harbour.service.rollouts(ofDeploy: 7).isEmpty)
        await harbour.stop()
    }

    @Test func eachContainerIsMeasuredByTheImageItWasMadeFrom() async throws {
        let harbour = try await Harbour(engine: engine)
        for version in [1, 2] {
            var spec = spec(version)
            spec.pinnedImage = spec.image
            #expect(try await harbour.deploy(spec).state == .done)
        }
        let containers = try await harbour.containers()
        #expect(containers.filter(\.parked).count == 3)
        #expect(containers.map(\.matches) == Array(repeating: true, count: 6))
        await harbour.stop()
    }

    @Test func rollbackStartsTheParkedContainers() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        let before = Set(try await harbour.containers().map(\.id))
        _ = try await harbour.deploy(spec(2))
        let outcome = try await harbour.up([spec(2)], rollback: true).first
        #expect(outcome?.action == .rolledBack)
        #expect(try await harbour.settled(outcome?.rolloutID).state == .done)
        let containers = try await harbour.containers()
        #expect(Set(containers.filter { !$0.parked }.map(\.id)) == before)
        await harbour.stop()
    }

    @Test func badRevisionIsRolledBackAndSaysWhy() async throws {
        await engine.set(.failsToStart("exec: \"serve\": not found"), for: "acme/orders:2")
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        let second = try await harbour.deploy(spec(2))
        #expect(second.state == .rolledBack)
        #expect(second.reason?.contains("not found") == true)
        let containers = try await harbour.containers()
        #expect(containers.filter { !$0.parked }.allSatisfy { $0.image == "acme/orders:1" && $0.serving })
        #expect(containers.filter { !$0.parked }.count == 3)
        // The same revision is tried anew.
        await engine.set(.runs, for: "acme/orders:2")
        #expect(try await harbour.deploy(spec(2)).state == .done)
        await harbour.stop()
    }

    @Test func forcedAgainTheSameIsMadeAnewAndNotTakenFromWhatIsParked() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        for _ in 1...2 {
            let before = Set(try await harbour.containers().map(\.id))
            let outcome = try await harbour.up([spec(1)], upgrade: true, force: true).first
            #expect(try await harbour.settled(outcome?.rolloutID).state == .done)
            let standing = try await harbour.containers().filter { !$0.parked }
            #expect(standing.count == 3 && standing.allSatisfy { !before.contains($0.id) })
        }
        await harbour.stop()
    }

    @Test func whatTheEngineLostHoldOfIsMadeAnew() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        await engine.loseHold(ofFirst: "acme/orders:2")
        let second = try await harbour.deploy(spec(2))
        #expect(second.state == .done)
        let gone = second.log.first { $0.text.hasPrefix("removed") && $0.text.contains("lost hold") }
        #expect(gone != nil, "\(second.log.map(\.text))")
        let standing = try await harbour.containers().filter { !$0.parked }
        #expect(standing.count == 3 && standing.allSatisfy { $0.image == "acme/orders:2" && $0.serving })
        await harbour.stop()
    }

    @Test func firstDeployThatFailsLeavesNothingRunning() async throws {
        await engine.set(.exits(status: 3, after: 0), for: "acme/orders:1")
        let harbour = try await Harbour(engine: engine)
        let first = try await harbour.deploy(
            spec(1, scale: 2), options: RolloutOptions(settle: 200, deadline: 3000, drain: 100))
        #expect(first.state == .failed)
        #expect(await engine.snapshot().allSatisfy { $0.state != .running })
        let view = try await harbour.service.stacks(in: harbour.environment).first?.services.first
        #expect(view?.state == .stopped || view == nil)
        await harbour.stop()
    }

    @Test func missingImageIsPulledOrRefused() async throws {
        await engine.addToRegistry("acme/orders:7")
        let harbour = try await Harbour(engine: engine)
        #expect(try await harbour.deploy(spec(7)).state == .done)
        let missing = try await harbour.deploy(spec(8))
        #expect(missing.state == .rolledBack)
        #expect(missing.reason == "No registry has the image acme/orders:8")
        await harbour.stop()
    }

    @Test func scaleAndForceAndPrune() async throws {
        let harbour = try await Harbour(engine: engine)
        let first = try await harbour.deploy(spec(1, scale: 1))
        let scaled = try await harbour.up([spec(1, scale: 3)])
        #expect(scaled.map(\.action) == [.scaled])
        #expect(try await harbour.settled(scaled.first?.rolloutID).state == .done)
        #expect(try await harbour.containers().map(\.slot) == [1, 2, 3])
        #expect(try await harbour.containers().first?.name == "production-shop-orders-\(first.id)-1")
        let forced = try await harbour.up([spec(1, scale: 3)], force: true)
        #expect(forced.map(\.action) == [.upgraded])
        let redeployed = try await harbour.settled(forced.first?.rolloutID)
        #expect(redeployed.state == .done)
        let names = try await harbour.containers().filter { !$0.parked }.map(\.name)
        #expect(names == (1...3).map { "production-shop-orders-\(redeployed.id)-\($0)" })
        let other = ServiceSpec(name: "mail", image: "acme/orders:1")
        let pruned = try await harbour.up([other], prune: true)
        #expect(pruned.map(\.action) == [.created, .removed])
        for outcome in pruned { #expect(try await harbour.settled(outcome.rolloutID).state == .done) }
        #expect(try await harbour.containers().isEmpty)
        #expect(await engine.snapshot().count == 1)
        await harbour.stop()
    }

    @Test func newerRequestsOvertakeQueuedOnes() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        await harbour.stop()
        let second = try await harbour.up([spec(2)], upgrade: true).first?.rolloutID
        let third = try await harbour.up([spec(3)], upgrade: true).first?.rolloutID
        #expect(try await harbour.service.rollout(second ?? 0).state == .cancelled)
        #expect(try await harbour.service.rollout(second ?? 0).reason == "superseded by rollout \(third ?? 0)")
        await harbour.restart()
        #expect(try await harbour.settled(third).state == .done)
        await harbour.stop()
    }

    @Test func cancelBringsBackWhatRan() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        let options = RolloutOptions(settle: 60_000, deadline: 600_000, drain: 1000)
        let id = try await harbour.up([spec(2)], upgrade: true, options: options, deploy: 9).first?.rolloutID ?? 0
        try await harbour.until { try await $0.rollout(id).log.contains { $0.text.hasPrefix("started") } }
        // The way back must not wait a minute for containers that ran all along.
        try await harbour.service.cancelRollouts(ofDeploy: 9)
        let ended = try await harbour.settled(id)
        #expect(ended.state == .cancelled || ended.state == .rolledBack)
        #expect(try await harbour.containers().filter { !$0.parked }.allSatisfy { $0.image == "acme/orders:1" })
        await harbour.stop()
    }

    @Test func anEngineThatIsDownOnlyDelays() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        let id = try await harbour.up([spec(2)], upgrade: true).first?.rolloutID ?? 0
        await engine.setDown(true)
        try await harbour.until { try await $0.rollout(id).log.contains { $0.text.hasPrefix("waiting") } }
        await #expect(throws: Failure.self) { _ = try await harbour.up([spec(3)], upgrade: true) }
        await engine.setDown(false)
        #expect(try await harbour.settled(id).state == .done)
        await harbour.stop()
    }

    @Test func vanishedAndStoppedContainersComeBack() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        let names = try await harbour.containers().map(\.name)
        await engine.vanish(names[0])
        await engine.crash(names[1], status: 1)
        try await harbour.until { _ in
            try await harbour.containers().filter { $0.serving && $0.state == .running }.count == 3
        }
        #expect(try await harbour.containers().map(\.name) == names)
        await harbour.stop()
    }

    @Test func badRequestsAreRefusedBeforeAnythingChanges() async throws {
        let harbour = try await Harbour(engine: engine)
        await #expect {
            _ = try await harbour.service.up(
                UpRequest(stack: "shop", spec: StackSpec(services: [spec(1)]), services: ["ordres"]),
                in: harbour.environment, pin: { _ in nil })
        } throws: {
            ($0 as? Failure)?.description == "The file has no service ordres\n  Services: orders."
        }
        await #expect {
            _ = try await harbour.service.environment(named: "prod")
        } throws: {
            ($0 as? Failure)?.hint == "Environments: production (MyEnvironment)."
        }
        #expect(try await harbour.service.environment(named: "MyEnvironment").name == "production")
        var dns = spec(1)
        dns.ports = [PortMapping(hostPort: 53, containerPort: 53, transport: .udp)]
        await #expect(throws: Failure.self) { _ = try await harbour.up([dns]) }
        var pinned = spec(1)
        (pinned.retainIP, pinned.startFirst) = (true, true)
        await #expect {
            _ = try await harbour.up([pinned])
        } throws: {
            ($0 as? Failure)?.message == "orders: retain_ip and start_first exclude each other"
        }
        #expect(try await harbour.service.rollouts(environment: harbour.environment).isEmpty)
        await harbour.stop()
    }

    /// The server dies in the middle, many times, at whatever the engine was asked for.
    @Test(arguments: 0..<12) func restartsAtAnyPointChangeNothing(seed: Int) async throws {
        var random = Seeded(seed)
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        let isBad = seed % 3 == 0
        if isBad { await engine.set(.failsToStart("broken"), for: "acme/orders:2") }
        let id = try await harbour.up([spec(2)], upgrade: true, batch: 1 + seed % 2).first?.rolloutID ?? 0
        for _ in 0..<6 {
            let point = await engine.calls.count + Int.random(in: 1...12, using: &random)
            try await harbour.until { service in
                if try await service.rollout(id).state.isFinal { return true }
                return await engine.calls.count >= point
            }
            await harbour.restart()
        }
        let ended = try await harbour.settled(id)
        #expect(ended.state == (isBad ? .rolledBack : .done))
        let standing = try await harbour.containers().filter { !$0.parked }
        #expect(standing.map(\.slot) == [1, 2, 3])
        #expect(standing.allSatisfy { $0.image == (isBad ? "acme/orders:1" : "acme/orders:2") && $0.serving })
        // I6: nothing is done to what has ended.
        await engine.forgetCalls()
        await harbour.restart()
        try await harbour.until { _ in await engine.calls.contains { $0.verb == .containers } }
        #expect(await engine.calls.allSatisfy { !$0.verb.isWrite })
        await harbour.stop()
    }
}
