import Foundation
import Engines
import Foundation
import Model
import Store
import Testing

@testable import Stacks

/// A server may die when it has recorded what `up` asks for and before it could answer; the script asks again.
@Suite(.timeLimit(.minutes(1))) struct RepeatedUpTests {
    private let engine = SimulatedEngine(images: ["acme/orders:1", "acme/orders:2"])

    private func spec(_ version: Int) -> ServiceSpec {
        ServiceSpec(name: "orders", image: "acme/orders:\(version)", scale: 2)
    }

    @Test func theSameRequestAgainNamesTheSameRollout() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        let first = try await harbour.up([spec(2)], upgrade: true, key: "7 abc")
        await harbour.restart()
        #expect(try await harbour.up([spec(2)], upgrade: true, key: "7 abc") == first)
        #expect(try await harbour.settled(first.first?.rolloutID).state == .done)
        // Without the key the answer would be "no change", and the script would not wait.
        #expect(try await harbour.up([spec(2)], upgrade: true).map(\.rolloutID) == [nil])
        await harbour.stop()
    }

    @Test func whatARestartSaysAgainStandsInTheBatchLogOnce() async throws {
        let harbour = try await Harbour(engine: engine)
        let rollout = try await harbour.deploy(spec(1))
        try await harbour.store.write { db in
            for text in ["pulling acme/orders:2", "pulling acme/orders:2", "pulled", "pulling acme/orders:2"] {
                try RolloutRecord.note(db, rollout.id, text, at: Date())
            }
        }
        let log = try await harbour.service.rollout(rollout.id).log.map(\.text)
        #expect(log.suffix(3) == ["pulling acme/orders:2", "pulled", "pulling acme/orders:2"])
        #expect(log.count == rollout.log.count + 3)
        await harbour.stop()
    }

    @Test func aForcedUpgradeIsNotQueuedTwice() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await harbour.deploy(spec(1))
        let first = try await harbour.up([spec(1)], force: true, key: "7 abc")
        #expect(try await harbour.settled(first.first?.rolloutID).state == .done)
        await harbour.restart()
        #expect(try await harbour.up([spec(1)], force: true, key: "7 abc") == first)
        #expect(try await harbour.service.rollouts(environment: harbour.environment).count == 2)
        #expect(try await harbour.up([spec(1)], force: true, key: "7 abd") != first)
        await harbour.stop()
    }
}
