import Access
import ArgumentParser
import Client
import Model

/// `slipway teams`: accounts that are granted the same things.
struct TeamsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teams", abstract: "List, add and remove teams and their members.",
        discussion: """
            Examples:
              slipway teams add ops
              slipway teams join ops ada
              slipway grants add deployer --team ops --environment production
            """,
        subcommands: [List.self, Add.self, Join.self, Leave.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the teams.")
        @OptionGroup var server: ServerOption
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let teams: [Team] = try await server.connect().get("/teams")
            if json { return try printJSON(teams) }
            Terminal.print(
                Terminal.table(["TEAM", "MEMBERS"], teams.map { [$0.name, $0.members.joined(separator: ", ")] }))
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a team without members.")
        @OptionGroup var server: ServerOption
        @Argument(help: "Its name.") var name: String

        struct Body: Codable { var name: String }

        func run() async throws {
            try await server.connect().post("/teams", Body(name: name))
            Terminal.print("Added the team \(name).")
        }
    }

    struct Join: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "join", abstract: "Take an account into a team.")
        @OptionGroup var server: ServerOption
        @Argument(help: "The team's name.") var team: String
        @Argument(help: "The account's name.") var account: String

        struct Body: Codable { var account: String }

        func run() async throws {
            try await server.connect().post("/teams/\(segment(team))/members", Body(account: account))
            Terminal.print("\(account) is in \(team).")
        }
    }

    struct Leave: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "leave", abstract: "Take an account out of a team.")
        @OptionGroup var server: ServerOption
        @Argument(help: "The team's name.") var team: String
        @Argument(help: "The account's name.") var account: String

        func run() async throws {
            try await server.connect().delete("/teams/\(segment(team))/members/\(segment(account))")
            Terminal.print("\(account) is not in \(team).")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Remove a team with its grants; its members stay.")
        @OptionGroup var server: ServerOption
        @Argument(help: "The team's name.") var name: String

        func run() async throws {
            try await server.connect().delete("/teams/\(segment(name))")
            Terminal.print("Removed the team \(name).")
        }
    }
}
