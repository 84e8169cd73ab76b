import Foundation
public import Logging
public import Model
public import Store
public import Supervisor

/// What an owner answers when a step of its is to begin.
public enum Preparation: Sendable {
    /// The supervisor runs this command.
    case supervised(SupervisedCommand)
    /// The owner did it by itself; the text goes to the log.
    case done(String)
}

/// Runs the steps of a build or a deploy one after another, each exactly once, however often the server restarts.
///
/// What to do next is asked of ``nextStep(of:backgrounds:isCancelled:halted:)`` on every pass. Cancelling the task that
/// runs it touches nothing: supervised commands go on, and the next server's runner adopts them.
public struct StepRunner: Sendable {
    public let table: StepTable
    public let logs: StepLogs
    private let store: Store
    private let supervisor: Supervisor
    let logger: Logger

    public init(store: Store, supervisor: Supervisor, logsDirectory: String, logger: Logger) {
        self.store = store
        self.supervisor = supervisor
        self.logger = logger
        table = StepTable(store: store)
        logs = StepLogs(directory: logsDirectory)
    }

    /// Runs the recorded steps of `owner` to their end.
    ///
    /// - Parameters:
    ///   - isCancelled: asked again whenever the database changes.
    ///   - halted: asked before each step: whether a step asked to end the job green.
    ///   - prepare: makes a step ready, again after a crash in the middle of it; throws ``Failure`` when it can't.
    public func run(
        _ owner: Step.Owner, isCancelled: @escaping @Sendable () async throws -> Bool,
        halted: @Sendable () -> Bool = { false },
        prepare: @Sendable (Step, StepRecord) async throws -> Preparation
    ) async throws -> StepsVerdict {
        while true {
            try Task.checkCancellation()
            let rows = try await table.rows(of: owner)
            let backgrounds = Set(rows.filter(\.record.background).map(\.step.index))
            let decision = nextStep(
                of: rows.map(\.step), backgrounds: backgrounds, isCancelled: try await isCancelled(), halted: halted())
            switch decision {
            case .skip(let index):
                try await table.setSkipped(rows[index].step)
            case .start(let index):
                let (step, record) = rows[index]
                try await table.setRunning(step, at: Date())
                try await begin(step, record, prepare)
            case .attend(let index):
                let (step, record) = rows[index]
                if case .absent = supervisor.state(id(of: step)) { try await begin(step, record, prepare) }
                if try await isRunning(step) { try await attend(step, isCancelled) }
            case .finish(let verdict):
                try await endBackgrounds(rows.map(\.step).filter { $0.state == .running })
                return verdict
            }
        }
    }

    /// Removes what the supervisor kept of the owner's steps; their logs stay.
    public func forget(_ owner: Step.Owner) async throws {
        for step in try await table.steps(of: owner) where step.state.isFinal {
            try? supervisor.remove(id(of: step))
        }
    }

    private func id(of step: Step) -> String { "\(step.owner.kind)-\(step.owner.id)-\(step.index)" }

    private func isRunning(_ step: Step) async throws -> Bool {
        try await table.steps(of: step.owner).contains { $0.id == step.id && $0.state == .running }
    }

    private func begin(
        _ step: Step, _ record: StepRecord, _ prepare: @Sendable (Step, StepRecord) async throws -> Preparation
    ) async throws {
        do {
            try logs.makeFolder(of: step)
            switch try await prepare(step, record) {
            case .supervised(let command):
                try supervisor.start(id(of: step), command)
            case .done(let text):
                if !text.isEmpty { try logs.append(text.hasSuffix("\n") ? text : text + "\n", to: step) }
                try await table.end(step, .succeeded, exitStatus: nil, reason: nil, at: Date())
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            let reason = (error as? Failure)?.description ?? "\(error)"
            logger.warning("step failed before it ran", metadata: ["step": "\(id(of: step))", "reason": "\(reason)"])
            try? logs.append("slipway: \(reason)\n", to: step)
            try await table.end(step, .failed, exitStatus: nil, reason: reason, at: Date())
        }
    }

    /// Waits for the end of a supervised step and records it; asks the supervisor to end it when it is cancelled.
    private func attend(_ step: Step, _ isCancelled: @escaping @Sendable () async throws -> Bool) async throws {
        let (supervisor, store, id) = (supervisor, store, id(of: step))
        let outcome = try await withThrowingTaskGroup(of: SupervisedOutcome?.self) { group in
            group.addTask { try await supervisor.outcome(of: id) }
            group.addTask {
                let wakeups = store.events.wakeups()
                if try await isCancelled() { try supervisor.abort(id) }
                for await _ in wakeups where try await isCancelled() {
                    try supervisor.abort(id)
                    break
                }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
        let (state, reason) = Self.read(outcome)
        try await table.end(step, state, exitStatus: outcome.exitStatus, reason: reason, at: outcome.endedAt)
    }

    private func endBackgrounds(_ steps: [Step]) async throws {
        for step in steps {
            try? supervisor.abort(id(of: step))
            let outcome = try await supervisor.outcome(of: id(of: step))
            let ended = outcome.reason == .aborted
            try await table.end(
                step, ended ? .succeeded : Self.read(outcome).0, exitStatus: outcome.exitStatus,
                reason: ended ? "ended with the last step" : Self.read(outcome).1, at: outcome.endedAt)
        }
    }

    /// The step's state and the sentence that says why.
    static func read(_ outcome: SupervisedOutcome) -> (Step.State, String?) {
        switch outcome.reason {
        case .exited where outcome.exitStatus == 0: (.succeeded, nil)
        case .exited: (.failed, "exit status \(outcome.exitStatus ?? -1)")
        case .signaled: (.failed, "ended by signal \(outcome.signal ?? 0)")
        case .inactive: (.timedOut, "no output for too long")
        case .overTime: (.timedOut, "over its time limit")
        case .aborted: (.cancelled, "cancelled")
        case .couldNotStart(let why): (.failed, "could not start: \(why)")
        case .lost: (.lost, "its supervisor died")
        }
    }
}
