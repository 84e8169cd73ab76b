import Engines
import Foundation
import Model
import Testing

@testable import Stacks

/// What runs to its end, and what is only created.
@Suite struct OnceTests {
    private func once(_ revision: Int = 1, scale: Int = 1, restart: String? = nil) -> ServiceSpec {
        var spec = ServiceSpec(name: "orders", image: "acme/orders:\(revision)", scale: scale)
        spec.lifecycle = ContainerLifecycle()
        spec.lifecycle?.startOnce = true
        spec.lifecycle?.restart = restart
        return spec
    }

    private func harbour(_ body: (Harbour, SimulatedEngine) async throws -> Void) async throws {
        let engine = SimulatedEngine(images: (1...3).map { "acme/orders:\($0)" })
        for revision in 1...3 {
            await engine.set(.exits(status: revision == 3 ? 7 : 0, after: 0.05), for: "acme/orders:\(revision)")
        }
        let harbour = try await Harbour(engine: engine)
        do {
            try await body(harbour, engine)
        } catch {
            await harbour.stop()
            throw error
        }
        await harbour.stop()
    }

    private func starts(_ engine: SimulatedEngine) async -> [String] {
        await engine.calls.filter { $0.verb == .start }.map(\.subject)
    }

    @Test func itRunsOnceAndIsLeftAlone() async throws {
        try await harbour { harbour, engine in
            let rollout = try await harbour.deploy(once(scale: 2))
            #expect(rollout.state == .done && rollout.serving == 2)
            let view = try await harbour.service.stacks(in: harbour.environment).first?.services.first
            #expect(view?.state == .startedOnce && view?.containers.map(\.health) == ["ran once", "ran once"])
            #expect(await starts(engine).count == 2)
            // Neither a look, nor the same again, nor that one vanishes makes it run again.
            await engine.vanish("production-shop-orders-1-1")
            for _ in 1...3 { _ = await harbour.service.tend(harbour.environment) }
            #expect(try await harbour.up([once(scale: 2)], upgrade: true).first?.action == .unchanged)
            #expect(await starts(engine).count == 2)
            #expect(await engine.plan(of: "production-shop-orders-1-2")?.restart == "no")
            // Another revision does, once.
            #expect(try await harbour.deploy(once(2, scale: 2)).state == .done)
            #expect(await starts(engine).count == 4)
        }
    }

    @Test func aBadEndFailsTheRolloutAndNothingOfBeforeRunsAgain() async throws {
        try await harbour { harbour, engine in
            #expect(try await harbour.deploy(once(1)).state == .done)
            let failed = try await harbour.deploy(once(3))
            #expect(failed.state == .rolledBack && failed.reason?.contains("exited with status 7") == true)
            #expect(await starts(engine) == ["production-shop-orders-1-1", "production-shop-orders-2-1"])
            _ = await harbour.service.tend(harbour.environment)
            #expect(await starts(engine).count == 2)
            let view = try await harbour.service.stacks(in: harbour.environment).first?.services.first
            #expect(view?.state == .startedOnce)
            // Going back to what ran before by asking for it is a run of its own.
            #expect(try await harbour.deploy(once(2)).state == .done)
            #expect(try await harbour.deploy(once(1)).state == .done)
            #expect(await starts(engine).count == 4)
        }
    }

    @Test func aFirstOneThatFailsIsKeptForItsOutput() async throws {
        try await harbour { harbour, engine in
            let failed = try await harbour.deploy(once(3, restart: "on-failure:2"))
            #expect(failed.state == .failed)
            #expect(await engine.snapshot().map(\.state) == [.exited])
            #expect(await engine.plan(of: "production-shop-orders-1-1")?.restart == "on-failure:2")
        }
    }

    @Test func whatIsOnlyCreatedIsNeverStarted() async throws {
        try await harbour { harbour, engine in
            var spec = ServiceSpec(name: "orders", image: "acme/orders:1", scale: 2)
            spec.lifecycle = ContainerLifecycle()
            spec.lifecycle?.startOnCreate = false
            #expect(try await harbour.deploy(spec).state == .done)
            #expect(await engine.snapshot().map(\.state) == [.created, .created])
            await engine.vanish("production-shop-orders-1-2")
            try await harbour.until { _ in await engine.snapshot().count == 2 }
            spec.image = "acme/orders:2"
            #expect(try await harbour.deploy(spec).state == .done)
            #expect(await starts(engine).isEmpty)
            #expect(await engine.snapshot().map(\.image) == ["acme/orders:2", "acme/orders:2"])
            let view = try await harbour.service.stacks(in: harbour.environment).first?.services.first
            #expect(view?.state == .stopped)
        }
    }

    @Test func aBadEndIsNoStopByHand() {
        let world = RolloutWorld(scale: 1, from: nil)
        world.rollout.spec.lifecycle = ContainerLifecycle()
        world.rollout.spec.lifecycle?.startOnce = true
        while !world.members.contains(where: { $0.state == .running }) { #expect(world.advance()) }
        #expect(
            nextStep(of: world.rollout, given: world.observation(), now: world.now)
                == .wait("shop-orders-2-1 runs to its end", until: nil))
        world.members[0].state = .exited
        world.members[0].exitStatus = 137
        #expect(
            nextStep(of: world.rollout, given: world.observation(), now: world.now)
                == .beginRollback("shop-orders-2-1 exited with status 137"))
        world.members[0].exitStatus = 0
        #expect(
            nextStep(of: world.rollout, given: world.observation(), now: world.now) == .finish(.done, reason: nil))
    }
}
