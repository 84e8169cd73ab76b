import Engines
import Foundation
import Logging
import Model
import Store
import Synchronization
import Testing

@testable import Stacks

/// Things that happen in the middle of others, as the simulation found them.
@Suite(.timeLimit(.minutes(1))) struct ReconcileRaceTests {
    /// Does something once, at the next moment that `isMoment` accepts.
    final class Once: Sendable {
        private let work = Mutex<(@Sendable () async throws -> Void)?>(nil)

        func arm(_ body: @escaping @Sendable () async throws -> Void) { work.withLock { $0 = body } }

        func fire() async throws {
            let body = work.withLock { work in
                defer { work = nil }
                return work
            }
            try await body?()
        }
    }

    func spec(_ name: String, _ version: Int) -> ServiceSpec {
        ServiceSpec(name: name, image: "acme/orders:\(version)", scale: 1)
    }

    func request(_ spec: ServiceSpec) -> UpRequest {
        UpRequest(
            stack: "shop", spec: StackSpec(services: [spec]), upgrade: true,
            options: RolloutOptions(settle: 0, deadline: 60_000, drain: 0))
    }

    func drive(_ service: StackService, _ key: ServiceKey) async throws {
        #expect(await service.claim(key))
        while try await service.turn(of: key) != .rests {}
        await service.release(key)
    }

    @Test func aRolloutThatCameAndWentWhileAnotherServiceWasMendedIsNotUndone() async throws {
        let engine = SimulatedEngine(images: ["acme/orders:1", "acme/orders:2"])
        let store = try Store(path: nil, migrations: StackService.migrations)
        let service = StackService(
            store: store, engineFor: { _ in engine }, instance: "test", logger: Logger(label: "test"),
            surroundings: Surroundings(edge: nil))
        let environment = try await service.addEnvironment(name: "production", socket: "/nowhere.sock")
        let keys = ["mail", "orders"].map { ServiceKey(environmentID: environment.id, stack: "shop", service: $0) }
        for key in keys {
            _ = try await service.up(request(spec(key.service, 1)), in: environment, pin: { _ in nil })
            try await drive(service, key)
        }
        await engine.crash("production-shop-mail-1-1", status: 1)
        let once = Once()
        once.arm {
            _ = try await service.up(request(spec("orders", 2)), in: environment, pin: { _ in nil })
            try await drive(service, keys[1])
        }
        await engine.setHook(before: { if $0.verb == .start { try await once.fire() } })
        _ = await service.tend(environment)
        await engine.setHook(before: nil)
        let orders = try await service.stacks(in: environment).flatMap(\.services).first { $0.name == "orders" }
        #expect(orders?.containers.filter { !$0.parked }.map(\.image) == ["acme/orders:2"])
        #expect(orders?.containers.filter { !$0.parked }.allSatisfy(\.serving) == true)
        #expect(orders?.containers.count { $0.parked } == 1)
    }

    @Test func aRolloutThatWasOvertakenBetweenReadingAndBeginningDoesNotBegin() async throws {
        let engine = SimulatedEngine(images: ["acme/orders:1", "acme/orders:2"])
        let once = Once()
        let store = try Store(migrations: StackService.migrations) { if $0 { try await once.fire() } }
        let service = StackService(
            store: store, engineFor: { _ in engine }, instance: "test", logger: Logger(label: "test"),
            surroundings: Surroundings(edge: nil))
        let environment = try await service.addEnvironment(name: "production", socket: "/nowhere.sock")
        let key = ServiceKey(environmentID: environment.id, stack: "shop", service: "orders")
        _ = try await service.up(request(spec("orders", 1)), in: environment, pin: { _ in nil })
        once.arm { _ = try await service.up(request(spec("orders", 2)), in: environment, pin: { _ in nil }) }
        try await drive(service, key)
        #expect(try await service.rollout(1).state == .cancelled)
        #expect(try await service.rollout(2).state == .done)
        #expect(await engine.snapshot().map(\.image) == ["acme/orders:2"])
    }
}
