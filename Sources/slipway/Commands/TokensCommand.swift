import ArgumentParser
import Client
import Foundation
import Model

/// `slipway tokens`: secrets for programs.
struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens", abstract: "Make, list and revoke tokens for programs and for git.",
        discussion: """
            A token can do what its owner can, and no more than it is told here.
            Examples:
              slipway tokens create laptop
              slipway tokens create ci --right deploy --app orders --days 90
              slipway tokens list
              slipway tokens revoke 12
            """,
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make a token; it is shown once.")
        @OptionGroup var server: ServerOption
        @Argument(help: "What it is for.") var name: String
        @Option(help: "A right that it has, of those of its owner; may be repeated. All without it.")
        var right: [String] = []
        @Option(help: "For this app alone.") var app: String?
        @Option(help: "For this environment alone.") var environment: String?
        @Option(help: "For how many days it is good.") var days: Int?

        struct Body: Codable {
            var name: String
            var rights: [String]?
            var app: String?
            var environment: String?
            var days: Int?
        }
        struct Answer: Codable { var token: String }

        func run() async throws {
            let body = Body(
                name: name, rights: right.isEmpty ? nil : right, app: app, environment: environment, days: days)
            let answer: Answer = try await server.connect().post("/tokens", body)
            Terminal.print(answer.token)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List your tokens, or everyone's where you administer.")
        @OptionGroup var server: ServerOption
        @Flag(help: "Print JSON.") var json = false

        struct Row: Codable {
            var id: Int64
            var name: String
            var account: String?
            var rights: [String]?
            var app: String?
            var environment: String?
            var createdAt: Date
            var expiresAt: Date?
            var usedAt: Date?
        }

        func run() async throws {
            let tokens: [Row] = try await server.connect().get("/tokens")
            if json { return try printJSON(tokens) }
            let rows = tokens.map { token in
                [
                    "\(token.id)", token.name, token.account ?? "–", token.rights?.joined(separator: ",") ?? "all",
                    token.app ?? "–", token.environment ?? "–", ago(token.createdAt), ago(token.usedAt),
                    token.expiresAt.map { JSONCoding.text(of: $0) } ?? "–",
                ]
            }
            Terminal.print(
                Terminal.table(
                    ["ID", "NAME", "OWNER", "RIGHTS", "APP", "ENVIRONMENT", "MADE", "USED", "EXPIRES"], rows))
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "revoke", abstract: "End a token at once.")
        @OptionGroup var server: ServerOption
        @Argument(help: "Its number, which list shows.") var id: Int64

        func run() async throws {
            try await server.connect().delete("/tokens/\(id)")
            Terminal.print("Revoked token \(id).")
        }
    }
}
