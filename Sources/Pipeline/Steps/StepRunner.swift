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
    /// Longer may nothing take that runs without a supervisor, such as a pull of an image.
    private static let preparationLimit = Duration.seconds(3600)
    /// So long does a step wait for an engine, a registry or a disk that is away.
    private let patience: TimeInterval
    /// And so long, if that is longer, after a start of the server: what it needs may have been started with it.
    private let grace: TimeInterval

    /// - Parameters:
    ///   - patience: seconds that a step waits for an engine, a registry or a disk that is away.
    ///   - grace: seconds that it waits at least after a start of the server.
    public init(
        store: Store, supervisor: Supervisor, logsDirectory: String, patience: Int = 600, grace: Int = 60,
        logger: Logger
    ) {
        self.patience = TimeInterval(patience)
        self.grace = TimeInterval(min(grace, patience))
        self.store = store
        self.supervisor = supervisor
        self.logger = logger
        table = StepTable(store: store)
        logs = StepLogs(directory: logsDirectory)
    }

    /// Runs the recorded steps of `owner` to their end. Where the database or the run folder can't be written (the disk
    /// is full), it tries again until they can.
    ///
    /// - Parameters:
    ///   - isCancelled: asked again whenever the database changes.
    ///   - halted: asked before each step: whether a step asked to end the job green.
    ///   - prepare: makes a step ready, again after a crash in the middle of it; throws ``Failure`` when it can't.
    public func run(
        _ owner: Step.Owner, isCancelled: @escaping @Sendable () async throws -> Bool,
        halted: @Sendable () -> Bool = { false },
        prepare: @escaping @Sendable (Step, StepRecord) async throws -> Preparation
    ) async throws -> StepsVerdict {
        while true {
            let verdict = try await patiently {
                try await pass(owner, Wishes(isCancelled: isCancelled, prepare: prepare), halted: halted())
            }
            if let verdict { return verdict }
        }
    }

    /// What the owner of the steps answers.
    private struct Wishes: Sendable {
        var isCancelled: @Sendable () async throws -> Bool
        var prepare: @Sendable (Step, StepRecord) async throws -> Preparation
    }

    /// Does the next thing; returns how the steps ended when nothing is left.
    private func pass(_ owner: Step.Owner, _ wishes: Wishes, halted: Bool) async throws -> StepsVerdict? {
        let rows = try await table.rows(of: owner)
        let backgrounds = Set(rows.filter(\.record.background).map(\.step.index))
        let decision = nextStep(
            of: rows.map(\.step), backgrounds: backgrounds, isCancelled: try await wishes.isCancelled(), halted: halted)
        switch decision {
        case .skip(let index):
            try await table.setSkipped(rows[index].step)
        case .start(let index):
            let (step, record) = rows[index]
            try await table.setRunning(step, at: Date())
            try await begin(step, record, wishes)
        case .attend(let index):
            let (step, record) = rows[index]
            if case .absent = supervisor.state(id(of: step)) { try await begin(step, record, wishes) }
            if try await isRunning(step) { try await attend(step, wishes) }
        case .finish(let verdict):
            try await endBackgrounds(rows.map(\.step).filter { $0.state == .running })
            return verdict
        }
        return nil
    }

    /// Tries again every second while something that is needed doesn't answer; nothing that is recorded gets lost by
    /// that. Ends with the task.
    private func patiently<T>(_ body: () async throws -> T) async throws -> T {
        var isTold = false
        while true {
            try Task.checkCancellation()
            do {
                return try await body()
            } catch let failure as Failure where failure.code == .unavailable {
                try Task.checkCancellation()
                if !isTold { logger.error("waiting", metadata: ["reason": "\(failure)"]) }
                isTold = true
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Returns when the owner shall end.
    private func awaitCancel(_ wishes: Wishes) async throws {
        let wakeups = store.events.wakeups()
        if try await patiently(wishes.isCancelled) { return }
        for await _ in wakeups where try await patiently(wishes.isCancelled) { return }
        throw CancellationError()
    }

    /// Removes what the supervisor kept of the owner's steps; their logs stay.
    public func forget(_ owner: Step.Owner) async {
        do {
            for step in try await table.steps(of: owner) where step.state.isFinal {
                try supervisor.remove(id(of: step))
            }
        } catch {
            logger.warning("left behind", metadata: ["steps": "\(owner.topic)", "reason": "\(error)"])
        }
    }

    private func id(of step: Step) -> String { "\(step.owner.kind)-\(step.owner.id)-\(step.index)" }

    private func isRunning(_ step: Step) async throws -> Bool {
        try await table.steps(of: step.owner).contains { $0.id == step.id && $0.state == .running }
    }

    private func begin(_ step: Step, _ record: StepRecord, _ wishes: Wishes) async throws {
        do {
            try logs.makeFolder(of: step)
            switch try await prepared(step, record, wishes) {
            case .supervised(let command):
                try supervisor.start(id(of: step), command)
                if step.reason != nil { try await table.setReason(step, nil) }
            case .done(let text):
                if !text.isEmpty { try logs.appendOnce(text.hasSuffix("\n") ? text : text + "\n", to: step) }
                try await table.end(step, .succeeded, exitStatus: nil, reason: nil, at: Date())
            case nil:
                try await table.end(step, .cancelled, exitStatus: nil, reason: "cancelled", at: Date())
            }
        } catch let failure as Failure where failure.code == .unavailable {
            // The log or the run folder can't be written: the next pass tries again.
            try Task.checkCancellation()
            try? await table.setReason(step, "waiting: \(failure.message)")
            throw failure
        } catch {
            // What a stop of the server interrupts is not a failure, whatever it throws.
            try Task.checkCancellation()
            let error = (error as? GaveUp)?.failure ?? error
            let reason = (error as? Failure)?.description ?? "\(error)"
            logger.warning("step failed before it ran", metadata: ["step": "\(id(of: step))", "reason": "\(reason)"])
            try? logs.appendOnce("slipway: \(reason)\n", to: step)
            try await table.end(step, .failed, exitStatus: nil, reason: reason, at: Date())
        }
    }

    /// The owner has waited long enough for what is away.
    private struct GaveUp: Error {
        var failure: Failure
    }

    /// Asks the owner again while what it needs is away, and says so on the step and in its log. The time counts from
    /// the step's recorded start, so that a restart gives it little more.
    private func prepare(_ step: Step, _ record: StepRecord, _ wishes: Wishes) async throws -> Preparation {
        let began = step.startedAt ?? Date()
        let end = max(began.addingTimeInterval(patience), Date().addingTimeInterval(grace))
        var told: String?
        while true {
            do {
                let preparation = try await wishes.prepare(step, record)
                if told != nil {
                    let seconds = Int(Date().timeIntervalSince(began))
                    try? logs.appendOnce("slipway: going on after \(seconds) s\n", to: step)
                    try await table.setReason(step, nil)
                }
                return preparation
            } catch let failure as Failure where mayPass(failure) {
                try Task.checkCancellation()
                guard Date() < end else { throw GaveUp(failure: failure) }
                if told != failure.message {
                    told = failure.message
                    try? logs.appendOnce("slipway: waiting: \(failure.message)\n", to: step)
                    try? await table.setReason(step, "waiting: \(failure.message)")
                }
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// What the owner makes of the step; nil when it was cancelled meanwhile.
    private func prepared(_ step: Step, _ record: StepRecord, _ wishes: Wishes) async throws -> Preparation? {
        try await withThrowingTaskGroup(of: Preparation?.self) { group in
            group.addTask { try await prepare(step, record, wishes) }
            group.addTask {
                try await awaitCancel(wishes)
                return nil
            }
            group.addTask {
                try await Task.sleep(for: Self.preparationLimit)
                throw Failure(.timedOut, "\(step.name) took longer than \(Self.preparationLimit.components.seconds) s")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// Waits for the end of a supervised step and records it; asks the supervisor to end it when it is cancelled.
    private func attend(_ step: Step, _ wishes: Wishes) async throws {
        let (supervisor, id) = (supervisor, id(of: step))
        let outcome = try await withThrowingTaskGroup(of: SupervisedOutcome?.self) { group in
            group.addTask { try await supervisor.outcome(of: id) }
            group.addTask {
                try await awaitCancel(wishes)
                try await patiently { try supervisor.abort(id) }
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

    /// Ends the steps in the background before the last one; to be asked by what needs them gone.
    func endBackgrounds(of owner: Step.Owner) async throws {
        let rows = try await table.rows(of: owner)
        try await endBackgrounds(rows.filter(\.record.background).map(\.step).filter { $0.state == .running })
    }

    private func endBackgrounds(_ steps: [Step]) async throws {
        for step in steps {
            // The server ended between the record and the start.
            if case .absent = supervisor.state(id(of: step)) {
                try await table.end(step, .lost, exitStatus: nil, reason: "never started", at: Date())
                continue
            }
            try supervisor.abort(id(of: step))
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
