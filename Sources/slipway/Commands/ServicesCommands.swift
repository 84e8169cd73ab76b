import ArgumentParser
import Client
import Engines
import Foundation
import Model
import Stacks

/// `slipway ps`: services and containers of an environment.
struct PsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps", abstract: "List services and their containers.",
        discussion: "Examples:\n  slipway ps\n  slipway ps --environment staging --json")

    @OptionGroup var server: ServerOption
    @Option(name: [.long, .customLong("env")], help: "The environment.") var environment = "production"
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let stacks: [StackView] = try await server.connect().get("/environments/\(segment(environment))/stacks")
        if json { return try printJSON(stacks) }
        guard !stacks.isEmpty else { return Terminal.print("Nothing runs in \(environment).") }
        let rows = stacks.flatMap { stack in
            stack.services.flatMap { service in
                service.containers.map { container in
                    [
                        "\(stack.name)/\(service.name)", container.name, container.revision?.short ?? "–",
                        container.parked ? "parked" : container.state.rawValue, container.health,
                        ago(container.startedAt), container.matches.map { $0 ? "yes" : "NO" } ?? "–",
                    ]
                }
            }
        }
        Terminal.print(
            Terminal.table(["SERVICE", "CONTAINER", "REVISION", "STATE", "HEALTH", "STARTED", "AS TESTED"], rows))
    }
}

/// `slipway logs`: output of a service's containers, or of one container.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show the output of a service or a container.",
        discussion:
            "Examples:\n  slipway logs shop/orders --follow\n  slipway logs production-shop-orders-3-1 --follow --tail 20"
    )

    @OptionGroup var server: ServerOption
    @Argument(help: "stack/service, or a container's name.") var name: String
    @Option(name: [.long, .customLong("env")], help: "The environment.") var environment = "production"
    @Flag(name: [.short, .long], help: "Go on; of a service with containers that come later.") var follow = false
    @Option(help: "Lines from the end.") var tail = 100

    func run() async throws {
        let client = try server.connect()
        let base = "/environments/\(segment(environment))"
        let stacks: [StackView] = try await client.get("\(base)/stacks")
        let services = stacks.flatMap { stack in stack.services.map { ("\(stack.name)/\($0.name)", $0) } }
        let query = "logs?tail=\(tail)\(follow ? "&follow=1" : "")"
        if let service = ServiceName(name), let (_, view) = services.first(where: { $0.0 == name }) {
            guard !view.containers.isEmpty else { return Terminal.print("\(name) has no containers.") }
            return try await client.stream(service.path(in: environment, query)) { Terminal.write($0) }
        }
        let containers = services.flatMap(\.1.containers)
        guard let one = containers.first(where: { $0.name == name || $0.id.hasPrefix(name) }) else {
            let names = services.map(\.0).sorted().joined(separator: ", ")
            throw Failure(.notFound, "There is no service or container \(name)", hint: "Services: \(names)")
        }
        try await client.stream("\(base)/containers/\(one.id)/\(query)") { Terminal.write($0) }
    }
}

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
