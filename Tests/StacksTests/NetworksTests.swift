import Engines
import Foundation
import Model
import Synchronization
import Testing

@testable import Stacks

/// How often a network is being asked for at the same time.
private final class Overlaps: Sendable {
    private let state = Mutex<(now: [String: Int], most: Int)>(([:], 0))

    var most: Int { state.withLock { $0.most } }

    func begin(_ name: String) {
        state.withLock { state in
            state.now[name, default: 0] += 1
            state.most = max(state.most, state.now[name] ?? 0)
        }
    }

    func end(_ name: String) { state.withLock { $0.now[name, default: 1] -= 1 } }
}

@Suite(.timeLimit(.minutes(1)))
struct NetworksTests {
    @Test func `The services of a new stack ask for their network one after the other`() async throws {
        let engine = SimulatedEngine(images: ["acme/web:1"])
        let overlaps = Overlaps()
        await engine.setHook(before: { call in
            guard call.verb == .ensureNetwork else { return }
            overlaps.begin(call.subject)
            for _ in 0..<5 { await Task.yield() }
        })
        await engine.setHook(after: { call in
            if call.verb == .ensureNetwork { overlaps.end(call.subject) }
        })
        let harbour = try await Harbour(engine: engine)
        let services = (1...8).map { ServiceSpec(name: "web\($0)", image: "acme/web:1") }
        for outcome in try await harbour.up(services) {
            let ended = try await harbour.settled(outcome.rolloutID)
            #expect(ended.state == .done, "\(ended.log.map(\.text))")
        }
        await harbour.stop()
        #expect(overlaps.most == 1, "an engine makes two networks of one name")
    }
}
