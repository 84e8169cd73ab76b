public import Access
public import Engines
import Foundation
import Git
public import Logging
public import Model
public import Pipeline
public import SecretStore
public import Stacks
public import Store
public import Supervisor

/// The journey: apps, commits, builds, images and deploys. Pages, the API and the command line all ask here.
public final class Delivery: Sendable {
    let journal: Journal
    let commitService: CommitService
    let buildService: BuildService
    let deployService: DeployService
    let stacks: StackService
    let runner: StepRunner
    let settings: DeliverySettings
    /// What steps, scripts and containers are given.
    public let secrets: SecretService
    private let logger: Logger

    /// The tables of Delivery, of the steps that it runs and of the secrets that it gives them.
    public static let migrations: [Migration] =
        StepTable.migrations + DeliveryTables.migrations + SecretService.migrations

    public init(
        store: Store, stacks: StackService, access: Access, secrets: SecretService, supervisor: Supervisor,
        engine: any Engine, settings: DeliverySettings, logger: Logger
    ) {
        self.secrets = secrets
        self.stacks = stacks
        self.settings = settings
        self.logger = logger
        journal = Journal(store: store)
        runner = StepRunner(
            store: store, supervisor: supervisor, logsDirectory: settings.logs, patience: settings.patience,
            logger: logger)
        commitService = CommitService(journal: journal, settings: settings, logger: logger)
        buildService = BuildService(
            journal: journal, commits: commitService, settings: settings, runner: runner, engine: engine,
            secrets: secrets, logger: logger)
        deployService = DeployService(
            journal: journal, commits: commitService, builds: buildService, stacks: stacks, access: access,
            settings: settings, runner: runner, secrets: secrets, logger: logger)
    }

    /// Polls, builds and deploys until the task is cancelled; begins with what a restart left unfinished.
    public func run() async throws {
        for environment in try await stacks.environments() { try await journal.addTargets(in: environment) }
        let tidying = Tidying(journal: journal, settings: settings, logger: logger)
        tidying.removeRepositoryDrafts()
        await tidying.removeCheckouts()
        await tidying.removeSecretFiles()
        await withDiscardingTaskGroup { group in
            group.addTask { [commitService] in await commitService.poll() }
            group.addTask { [buildService] in await buildService.run() }
            group.addTask { [deployService] in await deployService.run() }
        }
    }

    // MARK: Apps

    /// All apps, by name.
    public func apps() async throws -> [App] { try await journal.apps() }

    /// The app with what its targets run.
    public func summary(of app: App) async throws -> AppSummary {
        var targets: [TargetSummary] = []
        for target in try await self.targets(of: app) { targets.append(try await summary(of: target)) }
        let head = try await journal.commits(of: app, limit: 1)
        return AppSummary(app: app, targets: targets, head: try await rows(head, of: app, target: nil).first)
    }

    /// Throws `.notFound`, listing the apps that there are.
    public func app(named name: String) async throws -> App {
        let apps = try await journal.apps()
        guard let app = apps.first(where: { $0.name == name }) else {
            let names = apps.map(\.name).joined(separator: ", ")
            throw Failure(
                .notFound, "There is no app \(name)",
                hint: apps.isEmpty ? "Add one: slipway apps add \(name)" : "Apps: \(names)")
        }
        return app
    }

    /// Adds an app with a target in every environment, and looks at its repository for the first time.
    public func addApp(name: String, source: App.Source, branch: String) async throws -> App {
        guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/) != nil, !name.hasSuffix(".git") else {
            throw Failure(
                .invalid, "\(name) can't be an app's name",
                hint: "Up to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit.")
        }
        if case .remote(let url) = source { try checkURL(url) }
        let app = try await journal.addApp(
            name: name, source: source, branch: branch, environments: try await stacks.environments())
        switch source {
        case .hosted: try await commitService.mirror(of: app).create(branch: branch)
        case .remote:
            // What is wrong stands on the app.
            try? await refresh(app)
        }
        return try await self.app(named: name)
    }

    /// Removes the app with all that is recorded of it; what it runs stays up.
    public func removeApp(named name: String) async throws {
        let app = try await app(named: name)
        guard try await journal.openBuilds().allSatisfy({ $0.appID != app.id }) else {
            throw Failure(.conflict, "\(name) is being built", hint: "Cancel its builds first.")
        }
        for target in try await targets(of: app) where try await !journal.openDeploys(of: target).isEmpty {
            throw Failure(.conflict, "\(name) is being deployed", hint: "Abort its deploys first.")
        }
        await commitService.forget(app)
        try await secrets.removeAll(ofApp: app.name)
        try await journal.removeApp(app)
        try? FileManager.default.removeItem(atPath: gitDirectory(of: app))
    }

    /// Looks for new commits now.
    public func refresh(_ app: App) async throws { try await commitService.refresh(app) }

    /// The app's bare repository.
    public func gitDirectory(of app: App) -> String { commitService.mirror(of: app).directory }

    private func checkURL(_ url: String) throws {
        // git would take "-…" for an option and "ext::…" for a command to run.
        let isPath = url.hasPrefix("/")
        let isRemote =
            url.firstMatch(of: #/^(https?|ssh|git|file):\/\/./#) != nil
            || url.firstMatch(of: #/^[A-Za-z0-9._-]+@[^:]+:./#) != nil
        guard isPath || isRemote else {
            throw Failure(
                .invalid, "\(url) is not a git URL",
                hint: "https://…, ssh://…, git://…, file:///…, an absolute path, or user@host:path")
        }
    }

    // MARK: Targets

    /// All targets, or those of one app.
    public func targets(of app: App? = nil) async throws -> [Target] {
        try await journal.targets(of: app, environments: try await stacks.environments())
    }

    /// Throws `.notFound` for an unknown app or environment, listing the valid ones.
    public func target(app name: String, environment: String) async throws -> Target {
        let (app, environment) = (try await app(named: name), try await stacks.environment(named: environment))
        try await journal.addTargets(in: environment)
        guard let target = try await targets(of: app).first(where: { $0.environment.id == environment.id }) else {
            throw Failure(.notFound, "\(name) has no target in \(environment.name)")
        }
        return target
    }

    /// The target by its row's id. Throws `.notFound`.
    public func target(_ id: Int64) async throws -> Target {
        guard let target = try await targets().first(where: { $0.id == id }) else {
            throw Failure(.notFound, "There is no target \(id)")
        }
        return target
    }

    // MARK: Builds

    /// The app that a build is of. Throws `.notFound`.
    public func app(ofBuild id: Int64) async throws -> App { try await journal.app(journal.build(id).appID) }

    /// Builds the commit again, or for the first time.
    public func startBuild(of app: App, sha: SHA) async throws -> Build {
        let commit = try await journal.commit(named: sha.description, of: app)
        return try await journal.queueBuild(of: app, sha: commit.sha)
    }

    /// Asks a build to end; one that has ended is a conflict.
    public func cancelBuild(_ id: Int64) async throws {
        let build = try await journal.build(id)
        guard !build.state.isFinal else { throw Failure(.conflict, "Build \(id) has ended: \(build.state.rawValue)") }
        try await journal.requestCancel(build)
    }

    // MARK: Deploys

    /// The target that a deploy is of. Throws `.notFound`.
    public func target(ofDeploy id: Int64) async throws -> Target { try await target(journal.deploy(id).targetID) }

    /// Queues a deploy, redeploy or rollback, whichever the commit's place beside what runs makes it.
    public func deploy(
        _ target: Target, revision: String, by: String, idempotencyKey: String?
    ) async throws -> Deploy {
        let plan = try await plan(target, revision: revision)
        if let obstacle = plan.obstacle {
            throw Failure(.conflict, "\(plan.commit.sha.short) can't be deployed: \(obstacle)")
        }
        return try await journal.queueDeploy(
            target: target, kind: plan.kind, sha: plan.commit.sha, by: by, key: idempotencyKey)
    }

    /// Asks a deploy to end; one that has ended is a conflict. With `rollbackBy`, the name of who asks, one rollback to
    /// the newest deploy that ended well follows, whichever way this one ends.
    public func abort(_ id: Int64, rollbackBy: String? = nil) async throws {
        let deploy = try await journal.deploy(id)
        guard !deploy.state.isFinal else {
            throw Failure(.conflict, "Deploy \(id) has ended: \(deploy.state.rawValue)")
        }
        let target = try await target(deploy.targetID)
        if rollbackBy != nil {
            guard deploy.state != .queued else {
                throw Failure(
                    .conflict, "Deploy \(id) has not begun: there is nothing to go back from",
                    hint: "Abort it without a rollback.")
            }
            guard try await journal.liveDeploy(of: target) != nil else {
                throw Failure(
                    .conflict, "No deploy of \(target.slug) has succeeded yet: there is nothing to go back to",
                    hint: "Abort it without a rollback.")
            }
        }
        try await journal.requestAbort(deploy, app: target.app.id, rollbackBy: rollbackBy)
        // Else they would be cancelled when the script has ended.
        try await stacks.cancelRollouts(ofDeploy: id)
    }

    // MARK: Steps and images

    /// The steps of a build or a deploy, in order.
    public func steps(_ owner: Step.Owner) async throws -> [Step] { try await runner.table.steps(of: owner) }

    /// A piece of a step's log; a negative offset counts from its end. Off the caller's executor: logs may be long.
    public func readLog(of step: Step, from offset: Int, limit: Int) async throws -> LogChunk {
        // The state as it is now, before the file is read: "ended" must never come before the last byte.
        let current = try await steps(step.owner).first { $0.id == step.id } ?? step
        return try runner.logs.read(current, from: offset, limit: limit)
    }

    /// The image that was recorded for a commit under that name (`acme/orders`).
    public func image(named repository: String, tag: SHA) async throws -> Image? {
        try await journal.image(named: repository, sha: tag)
    }

    /// `location@digest` where the service's image is one of ours and tagged with a commit; nil where it is none of ours.
    /// Throws `.notFound` for a commit of ours that has no image.
    public func pinnedImage(of service: ServiceSpec) async throws -> String? {
        guard let reference = ImageReference(service.image), let sha = reference.tag.flatMap(SHA.init) else {
            return nil
        }
        if let image = try await journal.image(named: reference.repository, sha: sha) { return image.pinned }
        guard let app = try await journal.app(ofImage: reference.repository) else { return nil }
        throw Failure(
            .notFound, "\(service.name): no image \(reference.repository) was recorded for \(sha.short)",
            hint: "Build that commit of \(app.name) first.")
    }
}
