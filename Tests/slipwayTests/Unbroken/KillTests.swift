import Foundation
import Model
import Testing

@testable import slipway

/// The server killed at random points of the whole journey, under a constant load on what it runs.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(120)))
struct KillTests {
    private static let variables = ProcessInfo.processInfo.environment

    @Test func `Killed at random points of every phase, each journey ends as if nothing had happened`() async throws {
        let seed = Self.variables["SLIPWAY_KILL_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...999_999)
        let count = Self.variables["SLIPWAY_KILL_POINTS"].flatMap { Int($0) } ?? 10
        let replay = "SLIPWAY_KILL_SEED=\(seed) SLIPWAY_KILL_POINTS=\(count)"
        print("kill -9: \(count) points in each of \(KillPhase.allCases.count) phases; again with \(replay)")
        try await Installation.run { slipway in
            let port = Int.random(in: 30_000..<32_000)
            let ledger = try slipway.shared("ledger")
            let repository = try await slipway.app(
                "web", files: try KillSample.files(name: "\(slipway.name)-web", port: port, ledger: ledger))
            let audit = KillAudit(slipway: slipway, port: port, ledger: ledger)
            func journey(
                _ name: String, _ points: [KillPhase: KillPoint] = [:], _ lengths: [KillPhase: Int] = [:],
                backTo older: SHA? = nil
            ) async throws -> KillJourney.Report {
                let journey = try KillJourney(
                    slipway, repository, audit: audit, points: points, lengths: lengths, name: name)
                return try await journey.run(backTo: older)
            }
            let first = try await journey("the first journey")
            let load = ConstantLoad(slipway: slipway, port: port)
            defer { load.stop() }
            try await load.start(["keep-alive": 3, "new": 2, "post": 2, "slow": 2])
            let undisturbed = try await journey("the undisturbed journey")
            fflush(nil)
            print("phases in ms: \(undisturbed.lengths.map { "\($0.key) \($0.value)" }.sorted())")

            var pushed = [first.sha, undisturbed.sha]
            var kills = 0
            var resumed: [Int] = []
            for (number, points) in KillPlan(seed: seed, points: count).journeys.enumerated() {
                let name = "journey \(number + 1)"
                // Every other one goes back to the commit before, which may not be what ran before.
                let older = number.isMultiple(of: 2) ? nil : pushed.last
                let report = try await journey(name, points, undisturbed.lengths, backTo: older)
                pushed.append(report.sha)
                kills += report.kills
                resumed += report.resumed
                #expect(load.failures == [], "\(name)")
            }
            let result = try await load.end()
            let slowest = resumed.max() ?? 0
            print(
                "kill -9: \(kills) kills in \(count) journeys, \(result.requests) requests in \(Int(result.seconds)) s,",
                "\(result.failed) failed; work went on after \(resumed.sorted()[resumed.count / 2]) ms (median),",
                "\(slowest) ms at most; \(replay)")
            #expect(result.failed == 0)
            #expect(slowest <= 30_000)
            for (name, kind) in result.classes {
                #expect(kind.requests > 0, "\(name)")
                for revision in kind.revisions.keys {
                    #expect(pushed.contains { $0.description == revision }, "\(name) was answered by \(revision)")
                }
            }
        }
    }
}
