import Foundation
import Logging
import Model
import Store
import Supervisor
import Synchronization
import Testing

@testable import Pipeline

@Suite(.timeLimit(.minutes(1))) struct StepRunnerTests {
    private let owner = Step.Owner.build(7)
    private let away = Failure(.unavailable, "The registry doesn't answer")

    /// Runs one step as the server does that finds it begun so many seconds ago.
    private func run(
        begunAgo seconds: TimeInterval, grace: Int = 60, prepare: @escaping @Sendable () throws -> Preparation
    ) async throws -> StepsVerdict {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-steps-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let runner = StepRunner(
            store: try Store(path: nil, migrations: StepTable.migrations),
            supervisor: Supervisor(runDirectory: folder + "/run", executable: "/bin/false"),
            logsDirectory: folder + "/logs", patience: 600, grace: grace, logger: Logger(label: "test"))
        try await runner.table.plan([StepRecord(name: "Pull", command: "", action: "pull")], for: owner)
        for step in try await runner.table.steps(of: owner) {
            try await runner.table.setRunning(step, at: Date().addingTimeInterval(-seconds))
        }
        return try await runner.run(owner, isCancelled: { false }, prepare: { _, _ in try prepare() })
    }

    @Test func `A restart doesn't give a step that waits more time`() async throws {
        let verdict = try await run(begunAgo: 601, grace: 0) { [away] in throw away }
        #expect(verdict == .failed(index: 0, reason: "Pull: \(away)"))
    }

    @Test(arguments: [300, 3600]) func `A step goes on waiting after a restart`(seconds: TimeInterval) async throws {
        let tries = Mutex(0)
        let verdict = try await run(begunAgo: seconds) { [away] in
            let count = tries.withLock { count in
                count += 1
                return count
            }
            if count == 1 { throw away }
            return .done("")
        }
        #expect(verdict == .succeeded)
        #expect(tries.withLock { $0 } == 2)
    }
}
