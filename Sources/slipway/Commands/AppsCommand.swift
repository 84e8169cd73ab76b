import ArgumentParser
import Client
import Delivery
import Foundation
import Model

/// `slipway apps`: lists, adds and removes apps.
struct AppsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apps", abstract: "List, add and remove apps.",
        discussion: """
            Examples:
              slipway apps
              slipway apps add orders                                  # then: git push <url>/git/orders.git main
              slipway apps add orders --url https://github.com/acme/orders.git --branch main
            """,
        subcommands: [List.self, Add.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the apps.")
        @OptionGroup var server: ServerOption
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let apps: [AppSummary] = try await server.connect().get("/apps")
            if json { return try printJSON(apps) }
            guard !apps.isEmpty else { return Terminal.print("No apps yet. Add one: slipway apps add orders") }
            let rows = apps.map { app in
                [
                    app.app.name, app.app.branch, app.head.map { "\($0.commit.sha.short) \($0.commit.title)" } ?? "–",
                    app.head?.build?.state.rawValue ?? "–",
                    app.targets.map { "\($0.target.environment.name): \($0.live?.sha.short ?? "nothing")" }
                        .joined(separator: ", "),
                ]
            }
            Terminal.print(Terminal.table(["APP", "BRANCH", "HEAD", "BUILD", "RUNS"], rows))
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Add an app.")
        @OptionGroup var server: ServerOption
        @Argument(help: "The app's name.") var name: String
        @Option(help: "A git URL to poll; without it, push to Slipway itself.") var url: String?
        @Option(help: "The branch whose commits are built and deployed.") var branch = "main"
        @Flag(help: "Print JSON.") var json = false

        struct Body: Codable { var name: String, url: String?, branch: String }

        func run() async throws {
            let app: App = try await server.connect().post(
                "/apps", Body(name: name, url: url, branch: branch))
            if json { return try printJSON(app) }
            Terminal.print("Added \(app.name).")
            if let problem = app.problem { Terminal.error("slipway: \(problem)") }
            if url == nil {
                Terminal.print(
                    "Push to it: git push http://token:$SLIPWAY_TOKEN@<server>/git/\(app.name).git \(branch)")
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Remove an app and its history; what it runs stays up.")
        @OptionGroup var server: ServerOption
        @Argument(help: "The app's name.") var name: String

        func run() async throws {
            try await server.connect().delete("/apps/\(segment(name))")
            Terminal.print("Removed \(name).")
        }
    }
}
