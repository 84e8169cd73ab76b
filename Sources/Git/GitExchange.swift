import Foundation
import Model
import Subprocess
import Synchronization
import SystemPackage

/// One run of `git http-backend`: the request's body in, the answer out, complaints kept.
final class GitExchange: Sendable {
    private let environment: [Subprocess.Environment.Key: String]
    private let service: GitHTTPBackend.Service
    private let handover: Handover
    private let timeout: Duration
    private let requestIsComplete = Mutex(false)

    init(
        environment: [Subprocess.Environment.Key: String], service: GitHTTPBackend.Service, handover: Handover,
        timeout: Duration
    ) {
        self.environment = environment
        self.service = service
        self.handover = handover
        self.timeout = timeout
    }

    /// Whether git has all of a push and must store it, whoever is still listening.
    var mustGoOn: Bool { service == .push && requestIsComplete.withLock { $0 } }

    /// Returns what went wrong.
    func run<Body: AsyncSequence & Sendable>(_ body: Body) async -> (any Error)? where Body.Element == [UInt8] {
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await self.runGit(body)
                    return true
                }
                group.addTask { [timeout] in
                    try await Task.sleep(for: timeout)
                    return false
                }
                let inTime = try await group.next() ?? true
                group.cancelAll()
                guard inTime else {
                    throw Failure(.timedOut, "git did not end within \(timeout.components.seconds) s")
                }
            }
            return nil
        } catch {
            return error
        }
    }

    private func runGit<Body: AsyncSequence & Sendable>(_ body: Body) async throws where Body.Element == [UInt8] {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
        let result = try await Subprocess.run(
            GitProgram.executable, arguments: Arguments(GitEnvironment.options + ["http-backend"]),
            environment: .custom(environment), platformOptions: options, input: .inputWriter, output: .sequence,
            error: .sequence
        ) { execution in
            try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
                let (input, output, errors) = (
                    execution.standardInputWriter, execution.standardOutput, execution.standardError
                )
                group.addTask {
                    try await self.feed(body, to: input)
                    return nil
                }
                group.addTask {
                    for try await chunk in output {
                        _ = await self.handover.send(chunk.withUnsafeBytes { Array($0) })
                    }
                    return []
                }
                group.addTask {
                    var text: [UInt8] = []
                    for try await chunk in errors where text.count < 65_536 {
                        text += chunk.withUnsafeBytes { Array($0) }
                    }
                    return text
                }
                var complaints: [UInt8] = []
                var open = 2
                while open > 0, let text = try await group.next() {
                    guard let text else { continue }
                    complaints += text
                    open -= 1
                }
                // Git has ended: whatever of the request is still to come, nobody reads it.
                group.cancelAll()
                return complaints
            }
        }
        try Task.checkCancellation()
        guard result.terminationStatus.isSuccess else {
            let words = GitCommand.Result(status: 1, output: [], errors: result.closureResult).lastWords
            throw Failure(.failed, "git http-backend failed", cause: words)
        }
    }

    /// Writes the request's body. That git wants no more of it is no error; that the client breaks off is one.
    private func feed<Body: AsyncSequence & Sendable>(_ body: Body, to input: StandardInputWriter) async throws
    where Body.Element == [UInt8] {
        var wanted = true
        for try await chunk in body where wanted {
            do { _ = try await input.write(chunk) } catch { wanted = false }
        }
        requestIsComplete.withLock { $0 = true }
        try? await input.finish()
    }
}
