import Engines
import Foundation
import GRDB
import Model
import Store
import Testing

@testable import Stacks

@Suite(.timeLimit(.minutes(1))) struct StackPlanTests {
    private let engine = SimulatedEngine(images: ["acme/orders:1", "acme/orders:2"])

    private func spec(_ version: Int, scale: Int = 3) -> ServiceSpec {
        ServiceSpec(
            name: "orders", image: "acme/orders:\(version)", scale: scale, environment: ["V": "\(version)"])
    }

    @Test func saysWhatGoesWhatComesAndWhatDiffersAndChangesNothing() async throws {
        let harbour = try await Harbour(engine: engine)
        func plan(_ request: UpRequest) async throws -> StackPlan {
            try await harbour.service.plan(request, in: harbour.environment) { _ in nil }
        }
        var request = UpRequest(stack: "shop", spec: StackSpec(services: [spec(1)]), upgrade: true)
        let first = try await plan(request)
        #expect(first.services.map(\.action) == [.created] && first.services.map(\.added) == [3])
        #expect(try await harbour.deploy(spec(1)).state == .done)
        let rows = try await harbour.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM rollout") }

        request.spec = StackSpec(services: [spec(2)])
        var service = try #require(try await plan(request).services.first)
        #expect(service.action == .upgraded && service.added == 3)
        #expect(service.replaced.map { $0.last } == ["3", "2", "1"])
        #expect(service.changes.map(\.title) == ["image", "environment V"])

        request.upgrade = false
        service = try #require(try await plan(request).services.first)
        #expect(service.action == .outOfSync && service.replaced.isEmpty && service.changes.count == 2)

        request.spec = StackSpec(services: [spec(1, scale: 2)])
        service = try #require(try await plan(request).services.first)
        #expect(service.action == .scaled && service.replaced.count == 1 && service.added == 0)
        #expect(service.changes.map(\.title) == ["scale"])

        request.spec = StackSpec(services: [ServiceSpec(name: "other", image: "acme/orders:1")])
        request.prune = true
        let pruned = try await plan(request)
        #expect(pruned.removed == ["orders"] && pruned.services.last?.replaced.count == 3)
        #expect(try await harbour.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM rollout") } == rows)
        #expect(try await harbour.containers().count == 3)
        await harbour.stop()
    }

    @Test func descriptionAndPullAndRemovalAreCarriedOut() async throws {
        let harbour = try await Harbour(engine: engine)
        await engine.addToRegistry("acme/orders:1")
        var request = UpRequest(stack: "shop", spec: StackSpec(services: [spec(1, scale: 1)]), upgrade: true)
        request.options = RolloutOptions(settle: 20, deadline: 20_000, drain: 1000)
        (request.description, request.pull) = ("Where orders come in", true)
        let outcome = try await harbour.service.up(request, in: harbour.environment, pin: { _ in nil }).first
        #expect(try await harbour.settled(outcome?.rolloutID).state == .done)
        #expect(try await harbour.service.stacks(in: harbour.environment).first?.description == "Where orders come in")
        // It was here already, and was brought here all the same.
        #expect(await engine.calls.contains(SimulatedCall(.pull, "acme/orders:1")))
        var removal = UpRequest(stack: "shop", spec: StackSpec(services: []))
        removal.remove = ["orders"]
        let removed = try await harbour.service.up(removal, in: harbour.environment, pin: { _ in nil }).first
        #expect(removed?.action == .removed)
        #expect(try await harbour.settled(removed?.rolloutID).state == .done)
        #expect(try await harbour.service.stacks(in: harbour.environment).isEmpty)
        await harbour.stop()
    }
}
