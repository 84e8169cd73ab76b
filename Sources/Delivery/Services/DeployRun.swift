import Access
import Foundation
import Git
import Model
import Pipeline
import SecretStore
import Supervisor

/// The steps of one deploy: a fresh checkout of the commit, then its script.
struct DeployRun: Sendable {
    let deploy: Deploy
    let target: Target
    let commit: Commit
    let configuration: PipelineConfiguration
    let mirror: GitMirror
    let access: Access
    let settings: DeliverySettings
    let runner: StepRunner
    let secrets: SecretService
    /// The environment of that id as it is now.
    let environment: @Sendable (Int64) async throws -> Model.Environment

    private static let checkoutAction = "checkout"
    private var checkout: String { Self.checkout(of: deploy, settings) }

    /// The deploy's working copy.
    static func checkout(of deploy: Deploy, _ settings: DeliverySettings) -> String {
        "\(settings.checkouts)/deploy-\(deploy.id)"
    }

    /// The commands that this kind of deploy runs.
    static func commands(of configuration: PipelineConfiguration, kind: Deploy.Kind) -> [StepPlan] {
        kind == .rollback ? configuration.rollback ?? configuration.deploy : configuration.deploy
    }

    /// What is recorded before anything runs. Throws when the commit says nothing about how it is deployed.
    func steps() throws -> [StepRecord] {
        let commands = Self.commands(of: configuration, kind: deploy.kind)
        guard !commands.isEmpty else {
            throw Failure(
                .invalid, "The commit says nothing about how it is deployed",
                hint: "Add deploy/deploy.sh, a docker-compose.yml, or `deploy.override` in slipway.yml.")
        }
        return [StepRecord(name: "Check out", command: "git checkout \(deploy.sha)", action: Self.checkoutAction)]
            + commands.enumerated().map { index, plan in
                StepRecord(name: plan.name, command: plan.command, action: String(index), condition: plan.condition)
            }
    }

    /// Seconds that are left of the time limit, counted from the first step; nil where there is none.
    private func remaining() async throws -> Int? {
        let limit = deploy.kind == .rollback ? configuration.rollbackTimeLimit : configuration.deployTimeLimit
        guard let limit else { return nil }
        let first = try await runner.table.steps(of: .deploy(deploy.id)).compactMap(\.startedAt).min() ?? Date()
        return max(1, limit - Int(Date().timeIntervalSince(first)))
    }

    func prepare(_ step: Step, _ record: StepRecord) async throws -> Preparation {
        if record.action == Self.checkoutAction {
            let user = try settings.stepUsers.user(of: .deploy(deploy.id))
            try settings.stepUsers.prepare(checkout)
            try await mirror.checkout(deploy.sha, to: checkout)
            if let user { try settings.stepUsers.give(checkout, to: user) }
            return .done("HEAD is now at \(commit.sha.short) \(commit.title)")
        }
        let commands = Self.commands(of: configuration, kind: deploy.kind)
        guard let index = Int(record.action), commands.indices.contains(index) else {
            throw Failure(.internal, "The step \(record.action) is not in the commit's configuration")
        }
        let plan = commands[index]
        let user = try await user()
        // Stored hashed, so a restart in between makes another one.
        let token = try await access.makeDeployToken(deploy: deploy.id, environment: target.environment.id)
        let given = try await secrets.given(
            for: SecretScope(
                app: target.app.name, environment: target.environment.name, contexts: configuration.deployContexts))
        let files = try SecretFolder(instance: settings.instance, .deploy(deploy.id)).write(
            given.files, for: user?.user)
        var environment = scriptEnvironment(
            ScriptContext(
                target: target, deploy: deploy, commit: commit, serverURL: settings.publicURL,
                scriptURL: settings.scriptURL, binFolder: settings.bin,
                token: token, fileEnvironment: configuration.environment,
                secrets: given.variables.merging(files) { variable, _ in variable },
                inherited: ProcessInfo.processInfo.environment.filter { ["PATH", "HOME"].contains($0.key) }
                    .merging(user?.user.environment ?? [:]) { _, user in user }))
        environment.merge(plan.environment) { _, own in own }
        // A script that ends in `exec rancher …` is no process any more that `up` could ask where it lies.
        environment["SLIPWAY_SCRIPT"] = scriptPath(inCommand: plan.command).map { path in
            path.hasPrefix("/") ? path : "\(directory(of: plan))/\(path)"
        }
        return .supervised(
            SupervisedCommand(
                arguments: Self.shell(plan.command), environment: environment, workingDirectory: directory(of: plan),
                logPath: runner.logs.path(of: step), inactivityTimeout: plan.inactivityTimeout,
                timeLimit: try await remaining(),
                secrets: [token] + given.values, user: user?.supervised))
    }

    /// Who the script runs as, with the groups that the environment grants it; nil is the server's own user.
    private func user() async throws -> (user: StepUser, supervised: SupervisedUser)? {
        guard let user = try settings.stepUsers.user(of: .deploy(deploy.id)) else { return nil }
        // Does something only where an older server, with other users, had checked it out.
        try settings.stepUsers.give(checkout, to: user)
        // As it is now, not as it was when the deploy began.
        let environment = try await environment(target.environment.id)
        let groups = environment.scriptsUseEngine ? [try EngineGroup.number(ofSocket: environment.socket)] : []
        return (user, user.supervised(granting: groups))
    }

    /// The shell alone expands variables; a step of several lines stops at the first that fails.
    static func shell(_ command: String) -> [String] {
        ["/bin/bash", command.contains("\n") ? "-ec" : "-c", command]
    }

    private func directory(of plan: StepPlan) -> String {
        let inner = plan.workingDirectory ?? configuration.directory ?? ""
        return inner.isEmpty || inner == "." ? checkout : "\(checkout)/\(inner)"
    }
}
