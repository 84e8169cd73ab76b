import Engines
import Foundation
import Model
import Testing

@testable import Stacks

/// compose's `healthcheck`, which the engine runs in the container, as the gate of a rollout.
@Suite struct InsideCheckTests {
    private func spec(_ revision: Int = 1) -> ServiceSpec {
        var spec = ServiceSpec(name: "orders", image: "acme/orders:\(revision)")
        spec.probe = ContainerProbe()
        spec.probe?.test = ["CMD", "check"]
        spec.probe?.interval = 1000
        spec.probe?.timeout = 1000
        return spec
    }

    private func harbour(_ body: (Harbour, SimulatedEngine) async throws -> Void) async throws {
        let engine = SimulatedEngine(images: (1...2).map { "acme/orders:\($0)" })
        let harbour = try await Harbour(engine: engine)
        do {
            try await body(harbour, engine)
        } catch {
            await harbour.stop()
            throw error
        }
        await harbour.stop()
    }

    @Test func whatTheFileSaysCountsWhereNothingAsksFromOutside() {
        var spec = spec()
        #expect(spec.isCheckedInside && spec.gate?.initializingTimeout == 72_000)
        spec.healthCheck = HealthCheck(port: 80)
        #expect(!spec.isCheckedInside && spec.gate?.port == 80)
        spec.healthCheck = nil
        spec.probe?.isDisabled = true
        #expect(!spec.isCheckedInside && spec.gate == nil)
        spec.probe = ContainerProbe()
        #expect(spec.gate == nil)
        spec.probe?.test = ["NONE"]
        #expect(spec.gate == nil)
    }

    @Test func theNextBatchWaitsForTheEnginesWord() async throws {
        try await harbour { harbour, engine in
            let first = try await harbour.up([spec()], upgrade: true).first?.rolloutID
            let name = "production-shop-orders-1-1"
            try await harbour.until { _ in await engine.snapshot().first?.state == .running }
            await engine.set(
                .init(status: .starting, failures: 1, at: Date(), exitStatus: 1, output: "no\nnot yet\n"), of: name)
            try await harbour.until { _ in
                try await harbour.containers().first?.lastProbe?.text == "its check ended with status 1: not yet"
            }
            #expect(try await harbour.containers().map(\.health) == ["starting"])
            #expect(try await harbour.service.rollout(first ?? 0).state == .rolling)
            await engine.set(.init(status: .healthy, at: Date(), exitStatus: 0, output: "fine"), of: name)
            let rollout = try await harbour.settled(first)
            #expect(rollout.state == .done)
            #expect(rollout.log.contains { $0.text.contains("is healthy") && $0.text.contains("status 0: fine") })
            #expect(try await harbour.containers().map(\.health) == ["healthy"])
            #expect(await engine.plan(of: name)?.probe?.test == ["CMD", "check"])
        }
    }

    @Test func whatIsUnhealthyFailsItsRolloutAndIsReplacedLater() async throws {
        try await harbour { harbour, engine in
            let first = try await harbour.up([spec()], upgrade: true).first?.rolloutID
            let name = "production-shop-orders-1-1"
            try await harbour.until { _ in await engine.snapshot().first?.state == .running }
            await engine.set(.init(status: .healthy), of: name)
            #expect(try await harbour.settled(first).state == .done)
            let next = try await harbour.up([spec(2)], upgrade: true).first?.rolloutID
            let newer = "production-shop-orders-2-1"
            try await harbour.until { _ in
                await engine.snapshot().contains { $0.name == newer && $0.state == .running }
            }
            await engine.set(.init(status: .unhealthy, failures: 3, at: Date(), exitStatus: 1, output: "no"), of: newer)
            let failed = try await harbour.settled(next)
            #expect(failed.state == .rolledBack)
            #expect(failed.reason?.contains("became unhealthy: its check ended with status 1: no") == true)
            let id = await engine.snapshot().first { $0.name == name }?.id
            await engine.set(.init(status: .unhealthy, failures: 3), of: name)
            try await harbour.until { _ in
                let now = await engine.snapshot().first { $0.name == name }
                return now?.state == .running && now?.id != id
            }
        }
    }
}
