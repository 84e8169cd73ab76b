import ArgumentParser
import Client
import Model

/// `slipway environments`: places to run things.
struct EnvironmentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environments", abstract: "List, add and change environments.",
        discussion: """
            Examples:
              slipway environments
              slipway environments add staging --alias MyEnvironment
              slipway environments engine-access staging grant
            """,
        subcommands: [List.self, Add.self, EngineAccess.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the environments.")
        @OptionGroup var server: ServerOption
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let environments: [Model.Environment] = try await server.connect().get("/environments")
            if json { return try printJSON(environments) }
            let rows = environments.map {
                [$0.name, $0.aliases.joined(separator: ", "), $0.socket, $0.scriptsUseEngine ? "yes" : "no"]
            }
            Terminal.print(Terminal.table(["NAME", "ALIASES", "ENGINE", "FOR SCRIPTS"], rows))
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Add an environment.")
        @OptionGroup var server: ServerOption
        @Argument(help: "Its name.") var name: String
        @Option(help: "Another name for it; may be repeated.") var alias: [String] = []
        @Option(help: "The Docker Engine's socket.") var socket = "/var/run/docker.sock"

        struct Body: Codable { var name: String, aliases: [String], socket: String }

        func run() async throws {
            let environment: Model.Environment = try await server.connect().post(
                "/environments", Body(name: name, aliases: alias, socket: socket))
            Terminal.print("Added \(environment.name).")
        }
    }

    struct EngineAccess: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "engine-access", abstract: "Let deploy scripts use the engine's socket, or no longer.",
            discussion: """
                They can't unless you say so, and needn't: `rancher up` talks to Slipway. Whoever writes a script that may \
                can do anything on the engine's machine.
                """)

        enum Change: String, ExpressibleByArgument, CaseIterable { case grant, revoke }

        @OptionGroup var server: ServerOption
        @Argument(help: "The environment.") var environment: String
        @Argument(help: "grant or revoke.") var change: Change

        func run() async throws {
            let changed: Model.Environment = try await server.connect().put(
                "/environments/\(segment(environment))/engine-access", ["scripts": change == .grant])
            let can = changed.scriptsUseEngine ? "may use" : "can't use"
            Terminal.print("Deploy scripts in \(changed.name) \(can) \(changed.socket).")
        }
    }
}
