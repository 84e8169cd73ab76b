import Engines
import Foundation
import Logging
import Model
import Store
import Testing

@testable import Stacks

/// What a page says of where a container came from.
@Suite struct ContainerOriginTests {
    @Test func `A container is of its own rollout from its first moment, before anything else is recorded of it`()
        async throws
    {
        let digests = ["a", "b"].map { "acme/orders@sha256:" + String(repeating: $0, count: 64) }
        let engine = SimulatedEngine(images: digests)
        let store = try Store(path: nil, migrations: StackService.migrations)
        let service = StackService(
            store: store, engineFor: { _ in engine }, instance: "test", logger: Logger(label: "test"),
            surroundings: Surroundings(edge: nil))
        let environment = try await service.addEnvironment(name: "production", socket: "/nowhere.sock")
        let key = ServiceKey(environmentID: environment.id, stack: "shop", service: "orders")
        func up(_ version: Int, deploy: Int64, settle: Int) async throws {
            let spec = ServiceSpec(name: "orders", image: "acme/orders:\(version)", scale: 1)
            _ = try await service.up(
                UpRequest(
                    stack: "shop", spec: StackSpec(services: [spec]), upgrade: true,
                    options: RolloutOptions(settle: settle, deadline: 600_000, drain: 0), deployID: deploy),
                in: environment, pin: { _ in digests[version - 1] })
        }
        #expect(await service.claim(key))
        try await up(1, deploy: 7, settle: 0)
        while try await service.turn(of: key) != .rests {}
        // It must run for an hour before it serves.
        try await up(2, deploy: 8, settle: 3_600_000)
        while case .acted = try await service.turn(of: key) {}
        let containers = try await service.stacks(in: environment).flatMap(\.services).flatMap(\.containers)
        #expect(containers.map(\.serving) == [true, false])
        #expect(containers.map(\.rolloutID) == [1, 2])
        #expect(containers.map(\.deployID) == [7, 8])
        #expect(containers.map(\.matches) == [true, true])
        await service.release(key)
    }
}
