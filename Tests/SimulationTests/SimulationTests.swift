import Model
import Simulation
import Testing

@Suite("Simulation") struct SimulationTests {
    @Test("The same seed plays the same, kept or not", arguments: [1, 2, 3])
    func determinism(seed: Int) async throws {
        let first = try await Run.play(Scenario(seed: seed))
        let second = try await Run.play(Scenario(seed: seed), isTraced: true)
        #expect(first.trace.hash == second.trace.hash)
        #expect(!second.trace.lines.isEmpty)
    }
}
