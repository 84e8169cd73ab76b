import ArgumentParser
import Client
import Model

/// `slipway grants`: who may do what.
struct GrantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grants", abstract: "List and give roles and rights, and take them back.",
        discussion: """
            Roles are viewer, deployer and admin; rights are read, deploy, operate, force, unlock, secrets, configure and
            administer. docs/permissions.md says what each is good for.
            Examples:
              slipway grants add viewer                                     # to everyone
              slipway grants add deployer --team ops --environment production
              slipway grants add force --account ada --app orders
              slipway grants rm 3
            """,
        subcommands: [List.self, Add.self, Remove.self], defaultSubcommand: List.self)

    struct Row: Codable {
        var id: Int64?
        var account: String?
        var team: String?
        var allows: String
        var app: String?
        var environment: String?

        var subject: String { account ?? team.map { "\($0) (team)" } ?? "everyone" }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List what was granted.")
        @OptionGroup var server: ServerOption
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let grants: [Row] = try await server.connect().get("/grants")
            if json { return try printJSON(grants) }
            let rows = grants.map {
                ["\($0.id ?? 0)", $0.subject, $0.allows, $0.app ?? "every", $0.environment ?? "every"]
            }
            Terminal.print(Terminal.table(["ID", "TO", "MAY", "APP", "ENVIRONMENT"], rows))
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Grant a role or a right to an account, a team or everyone.")
        @OptionGroup var server: ServerOption
        @Argument(help: "The role or right.") var allows: String
        @Option(help: "To this account.") var account: String?
        @Option(help: "To the members of this team.") var team: String?
        @Option(help: "On this app alone.") var app: String?
        @Option(help: "In this environment alone.") var environment: String?

        func run() async throws {
            let grant: Row = try await server.connect().post(
                "/grants", Row(account: account, team: team, allows: allows, app: app, environment: environment))
            Terminal.print("Granted \(grant.allows) to \(grant.subject).")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "rm", abstract: "Take a grant back.")
        @OptionGroup var server: ServerOption
        @Argument(help: "Its number, which list shows.") var id: Int64

        func run() async throws {
            try await server.connect().delete("/grants/\(id)")
            Terminal.print("Took grant \(id) back.")
        }
    }
}
