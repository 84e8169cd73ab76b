import ArgumentParser
import Client
import Delivery
import Foundation
import Model

/// Which target a command is about.
struct TargetOption: ParsableArguments {
    @Argument(help: "The app.") var app: String
    @Option(name: [.long, .customLong("env")], help: "The environment.") var environment = "production"

    var path: String { "/targets/\(segment(app))/\(segment(environment))" }
}

private struct DeployBody: Codable { var revision: String }

/// `slipway deploy`: brings a commit to an environment.
struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Deploy a commit of an app.",
        discussion: """
            Examples:
              slipway deploy orders 4f2a91c
              slipway deploy orders 4f2a91c --plan
              slipway deploy orders 4f2a91c --environment staging --no-follow
            """)

    @OptionGroup var server: ServerOption
    @OptionGroup var target: TargetOption
    @Argument(help: "The commit's SHA, or its first digits.") var revision: String
    @Flag(help: "Show what it would do, and do nothing.") var plan = false
    @Flag(inversion: .prefixedNo, help: "Follow it to its end.") var follow = true
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let client = try server.connect()
        if plan {
            let plan: DeployPlan = try await client.get("\(target.path)/plan?revision=\(segment(revision))")
            return json ? try printJSON(plan) : Terminal.print(PlanText.text(of: plan))
        }
        let deploy: Deploy = try await client.post("\(target.path)/deploys", DeployBody(revision: revision))
        try await finish(deploy, client, follow: follow, json: json)
    }
}

/// `slipway rollback`: goes back to an earlier commit.
struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Go back to an earlier commit: the one before, or any that was deployed.",
        discussion: """
            Examples:
              slipway rollback orders
              slipway rollback orders 4f2a91c
            """)

    @OptionGroup var server: ServerOption
    @OptionGroup var target: TargetOption
    @Argument(help: "The commit's SHA, or its first digits; without it, what ran before.") var revision: String?
    @Flag(inversion: .prefixedNo, help: "Follow it to its end.") var follow = true
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let client = try server.connect()
        let revision = if let revision { revision } else { try await previous(client) }
        let plan: DeployPlan = try await client.get("\(target.path)/plan?revision=\(segment(revision))")
        guard plan.kind == .rollback else {
            throw Failure(
                .invalid, "\(plan.commit.sha.short) is not older than what runs",
                hint: "Use: slipway deploy \(target.app) \(plan.commit.sha.short)")
        }
        let deploy: Deploy = try await client.post("\(target.path)/deploys", DeployBody(revision: revision))
        try await finish(deploy, client, follow: follow, json: json)
    }

    /// The commit that ran before the one that runs.
    private func previous(_ client: SlipwayClient) async throws -> String {
        let view: TargetView = try await client.get(target.path)
        guard let live = view.summary.live else {
            throw Failure(.conflict, "Nothing of \(target.app) runs in \(target.environment), so there is no way back")
        }
        guard
            let earlier = view.deploys.first(where: {
                $0.deploy.state == .succeeded && $0.rollback == .available(.rollback) && $0.deploy.id < live.id
            })
        else { throw Failure(.conflict, "No earlier commit of \(target.app) was deployed to \(target.environment)") }
        return earlier.deploy.sha.description
    }
}

/// `slipway abort`: ends a deploy.
struct AbortCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Abort a deploy: its script is ended, its rollouts go back.",
        discussion: """
            With --rollback, one rollback to the newest deploy that succeeded follows, whichever way this one ends.

            Examples:
              slipway abort 12
              slipway abort 12 --rollback
            """)

    @OptionGroup var server: ServerOption
    @Argument(help: "The deploy's number.") var deploy: Int64
    @Flag(help: "Then go back to what ran before.") var rollback = false

    func run() async throws {
        let client = try server.connect()
        let query = rollback ? "?rollback=1" : ""
        let _: Deploy = try await client.post("/deploys/\(deploy)/abort\(query)", [String: String]())
        Terminal.print("Asked deploy \(deploy) to end\(rollback ? ", and to go back then" : "").")
    }
}

/// `slipway follow`: shows a deploy or a build until its end.
struct FollowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow", abstract: "Follow a deploy, or a build, to its end.",
        discussion: "Examples:\n  slipway follow 12\n  slipway follow --build 31")

    @OptionGroup var server: ServerOption
    @Argument(help: "The number of the deploy, or of the build with --build.") var number: Int64
    @Flag(help: "The number is a build's.") var build = false

    func run() async throws {
        let client = try server.connect()
        let follower = Follower(client: client)
        try await build ? follower.build(number) : follower.deploy(number)
    }
}

private func finish(_ deploy: Deploy, _ client: SlipwayClient, follow: Bool, json: Bool) async throws {
    if json {
        try printJSON(deploy)
    } else {
        Terminal.print("Deploy \(deploy.id): \(deploy.kind.rawValue) of \(deploy.sha.short)")
    }
    if follow { try await Follower(client: client, isQuiet: json).deploy(deploy.id) }
}
