import Engines
import Foundation
import Model
import Testing

@testable import Stacks

/// Scaling and restarting by hand go the way of every rollout.
@Suite(.timeLimit(.minutes(1))) struct ServiceChangeTests {
    private let engine = SimulatedEngine(images: ["acme/orders:1", "acme/orders:2"])

    private func spec(_ version: Int, scale: Int = 2) -> ServiceSpec {
        ServiceSpec(name: "orders", image: "acme/orders:\(version)", scale: scale)
    }

    private func change(_ harbour: Harbour, _ change: ServiceChange, key: String? = nil) async throws -> ServiceOutcome
    {
        try await harbour.service.change(
            change, of: "orders", stack: "shop", in: harbour.environment, by: "ada", key: key)
    }

    @Test func `A scale up leaves what runs alone, and a scale of 0 stops it`() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        let before = try await harbour.containers().map(\.id)
        let up = try await harbour.settled(try await change(harbour, .scale(3)).rolloutID)
        #expect(up.state == .done && up.serving == 3)
        let after = try await harbour.containers().map(\.id)
        #expect(after.count == 3 && Set(after).isSuperset(of: before))
        #expect(up.log.contains { $0.text == "ada asked for a scale of 3" })
        #expect(try await change(harbour, .scale(3)).action == .unchanged)
        #expect(try await harbour.settled(try await change(harbour, .scale(0)).rolloutID).state == .done)
        #expect(try await harbour.containers().filter { !$0.parked }.isEmpty)
        await #expect(throws: Failure.self) { try await change(harbour, .restart(batchSize: nil, interval: nil)) }
        await harbour.stop()
    }

    @Test func `A restart makes every container anew, once for the same request, and keeps what it is`() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        let before = Set(try await harbour.containers().map(\.id))
        let outcome = try await change(harbour, .restart(batchSize: 2, interval: nil), key: "k")
        #expect(try await change(harbour, .scale(1), key: "k") == outcome)
        let rollout = try await harbour.settled(outcome.rolloutID)
        #expect(rollout.state == .done && rollout.spec == spec(1) && rollout.options.batchSize == 2)
        let running = try await harbour.containers().filter { !$0.parked }
        #expect(running.count == 2 && before.isDisjoint(with: running.map(\.id)))
        await harbour.stop()
    }

    @Test func `While another revision comes in, nothing is changed by hand`() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        await harbour.stop()
        _ = try await harbour.up([spec(2)], upgrade: true)
        await #expect(throws: Failure.self) { try await change(harbour, .scale(5)) }
        await #expect(throws: Failure.self) { try await change(harbour, .restart(batchSize: nil, interval: nil)) }
    }

    @Test func `What there isn't is said, with what there is`() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        await #expect {
            try await harbour.service.change(.scale(1), of: "ordres", stack: "shop", in: harbour.environment, by: "ada")
        } throws: { error in (error as? Failure)?.hint == "Services: orders." }
        await harbour.stop()
    }
}
