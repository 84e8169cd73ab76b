import Foundation
import Git
import Logging
import Model
import Pipeline

/// Brings the commits of the apps' branches into the database.
struct CommitService: Sendable {
    let journal: Journal
    let settings: DeliverySettings
    let logger: Logger
    /// One look at an app at a time: two pushes at once must not number commits twice.
    let turns = Turns<Int64>()
    private let looks = Looks()
    private let files = CommitFilesCache()

    /// As many commits of a branch are taken over at the first look.
    static let firstLook = 200
    /// As many at a later one.
    static let laterLook = 2000
    /// After so long without an answer the app's page says so.
    static let silence = Duration.seconds(10)

    init(journal: Journal, settings: DeliverySettings, logger: Logger) {
        self.journal = journal
        self.settings = settings
        self.logger = logger
    }

    func mirror(of app: App) -> GitMirror { GitMirror(directory: "\(settings.gitFolder)/\(app.name).git") }

    /// Fetches from the app's git URL, if it has one, and records what is new on its branch. What goes wrong stands on
    /// the app's page until the next look goes well. A remote that doesn't answer is waited for no longer than
    /// `patience`; the look goes on by itself.
    func refresh(_ app: App, patience: Duration = .seconds(5)) async throws {
        guard case .remote(let url) = app.source else { return try await carryOut(app) }
        let look = await looks.join(app.id, every: interval) { try await carryOut(app) }
        guard try await !look.ends(within: patience) else { return }
        throw Failure(
            .timedOut, "\(GitText.withoutCredentials(url)) has not answered yet",
            hint: "Slipway goes on trying; the app's page will say what came of it.")
    }

    /// Ends a look at an app that goes.
    func forget(_ app: App) async { await looks.cancel(app.id) }

    private var interval: Duration { .seconds(settings.pollInterval) }

    private func carryOut(_ app: App) async throws {
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await turns.alone(at: app.id) { try await look(at: app) }
                    return true
                }
                group.addTask {
                    try await Task.sleep(for: Self.silence)
                    try await journal.noteProblem(silenceProblem(of: app), of: app)
                    return false
                }
                defer { group.cancelAll() }
                while try await group.next() == false {}
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            let reason = (error as? Failure)?.description ?? "\(error)"
            logger.warning("look failed", metadata: ["app": "\(app.name)", "reason": "\(reason)"])
            try await journal.setProblem(reason, of: app)
            throw error
        }
    }

    private func silenceProblem(of app: App) -> String {
        let name = if case .remote(let url) = app.source { GitText.withoutCredentials(url) } else { "The repository" }
        let time = "\(Self.silence.components.seconds) s"
        return "\(name) has not answered for \(time); it is given up after \(settings.gitTimeout) s and tried again"
    }

    private func look(at app: App) async throws {
        let mirror = mirror(of: app)
        switch app.source {
        case .remote(let url): try await mirror.fetch(from: url, timeout: .seconds(settings.gitTimeout))
        // The server may have died between the app's record and its repository.
        case .hosted: if !mirror.exists { try await mirror.create(branch: app.branch) }
        }
        let known = try await journal.knownCommits(of: app)
        guard let head = try await mirror.head(of: app.branch) else {
            // Before the first push there is nothing to find.
            try await journal.setProblem(
                app.source == .hosted ? nil : "The repository has no branch \(app.branch)", of: app)
            return
        }
        let changes = commitChanges(
            known: known, branch: try await mirror.commits(between: nil, and: head),
            limit: known.isEmpty ? Self.firstLook : Self.laterLook)
        if !changes.isEmpty {
            let names = Set(changes.fresh)
            let details =
                changes.fresh.isEmpty
                ? [] : try await mirror.log(from: head, limit: changes.fresh.count)
            try await journal.apply(
                changes, fresh: details.filter { names.contains($0.sha) },
                building: commitsToBuild(changes, isFirstLook: known.isEmpty), of: app)
            logger.info(
                "commits",
                metadata: [
                    "app": "\(app.name)", "fresh": "\(changes.fresh.count)", "gone": "\(changes.detached.count)",
                ])
        }
        // Without news and without a problem there is nothing to tell.
        guard !changes.isEmpty || app.problem != nil else { return }
        try await journal.setProblem(try await problemOfFiles(of: app, at: head), of: app)
    }

    /// What the commit's files ask for, and what is wrong with them.
    func configuration(of app: App, at sha: SHA) async throws -> PipelineConfiguration {
        try await files.files(of: mirror(of: app), at: sha).configuration(app: app)
    }

    /// What is wrong with the files at the branch's head, a line each; nil when all is well.
    private func problemOfFiles(of app: App, at head: SHA) async throws -> String? {
        let errors = try await configuration(of: app, at: head).findings.filter { $0.severity == .error }
        return errors.isEmpty ? nil : errors.map(\.description).joined(separator: "\n")
    }

    /// Looks at every git URL, again and again, until it is cancelled; one that hangs holds up no other. In its first
    /// half minute it looks at Slipway's own repositories too, and later at those where a look failed: a push may have
    /// come in just before the server ended, git may still be storing it, or the disk was full.
    func poll() async {
        let start = ContinuousClock.now
        while !Task.isCancelled {
            var pause = interval
            let isNew = ContinuousClock.now - start < .seconds(30)
            do {
                for app in try await journal.apps() where app.source != .hosted || app.problem != nil || isNew {
                    let hasBegun = await looks.poll(app.id, every: interval) { try await carryOut(app) }
                    if !hasBegun { pause = min(interval, .milliseconds(200)) }
                }
            } catch {
                logger.warning("poll failed", metadata: ["reason": "\(error)"])
            }
            try? await Task.sleep(for: pause)
        }
        await looks.stop()
    }
}
