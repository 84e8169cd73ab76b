import Foundation
import Git
import Logging
import Model

/// Brings the commits of the apps' branches into the database.
struct CommitService: Sendable {
    let journal: Journal
    let settings: DeliverySettings
    let logger: Logger
    /// One look at an app at a time: two pushes at once must not number commits twice.
    let turns = Turns()

    /// As many commits of a branch are taken over at the first look.
    static let firstLook = 200
    /// As many at a later one.
    static let laterLook = 2000

    func mirror(of app: App) -> GitMirror { GitMirror(directory: "\(settings.gitFolder)/\(app.name).git") }

    /// Fetches from the app's git URL, if it has one, and records what is new on its branch. What goes wrong stands on
    /// the app's page until the next look goes well.
    func refresh(_ app: App) async throws {
        do {
            try await turns.take(app.id) { try await look(at: app) }
        } catch let failure as Failure {
            try await journal.setProblem(failure.description, of: app)
            throw failure
        }
    }

    private func look(at app: App) async throws {
        let mirror = mirror(of: app)
        if case .remote(let url) = app.source {
            try await mirror.fetch(from: url, timeout: .seconds(settings.gitTimeout))
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
                ? [] : try await mirror.log(branch: app.branch, excluding: nil, limit: changes.fresh.count)
            try await journal.apply(
                changes, fresh: details.filter { names.contains($0.sha) },
                building: commitsToBuild(changes, isFirstLook: known.isEmpty), of: app)
            logger.info(
                "commits",
                metadata: [
                    "app": "\(app.name)", "fresh": "\(changes.fresh.count)", "gone": "\(changes.detached.count)",
                ])
        }
        try await journal.setProblem(nil, of: app)
    }

    /// Looks at every git URL, again and again, until it is cancelled.
    func poll() async throws {
        while !Task.isCancelled {
            for app in try await journal.apps() where app.source != .hosted {
                do {
                    try await refresh(app)
                } catch let failure as Failure {
                    logger.warning("poll failed", metadata: ["app": "\(app.name)", "reason": "\(failure)"])
                }
            }
            try await Task.sleep(for: .seconds(settings.pollInterval))
        }
    }
}
