import Access
import ArgumentParser
import Client
import Foundation
import Model

/// `slipway users`: who can sign in.
struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "List, add, disable and remove accounts; give them new passwords.",
        discussion: """
            On the server's own machine it needs no account: who may open the socket in the data directory is an admin.
            Examples:
              slipway users add ada                     # prints her password, once
              slipway grants add admin --account ada
              slipway users password admin              # when it was lost
            """,
        subcommands: [
            List.self, Add.self, NewPassword.self, Disable.self, Enable.self, SignOut.self, Remove.self,
        ], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the accounts.")
        @OptionGroup var server: ServerOption
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let accounts: [Account] = try await server.connect().get("/accounts")
            if json { return try printJSON(accounts) }
            let rows = accounts.map { account in
                [
                    account.name, account.teams.joined(separator: ","), account.hasPassword ? "yes" : "no",
                    account.provider ?? "",
                    account.disabledAt == nil ? "can sign in" : "disabled", ago(account.createdAt),
                ]
            }
            Terminal.print(Terminal.table(["NAME", "TEAMS", "PASSWORD", "PROVIDER", "STATE", "ADDED"], rows))
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add an account, which may do nothing yet; its password is printed once.")
        @OptionGroup var server: ServerOption
        @Argument(help: "Its name.") var name: String
        @Flag(help: "Give it no password: it can't sign in with one.") var noPassword = false

        struct Body: Codable { var name: String }

        func run() async throws {
            let client = try server.connect()
            let account: Account = try await client.post("/accounts", Body(name: name))
            Terminal.print("Added \(account.name). Grant it something: slipway grants add viewer --account \(name)")
            if !noPassword { try await NewPassword.make(for: name, client) }
        }
    }

    struct NewPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "password", abstract: "Give an account a new password, printed once, and sign it out.")
        @OptionGroup var server: ServerOption
        @Argument(help: "The account's name.") var name: String

        struct Answer: Codable { var password: String? }

        func run() async throws { try await Self.make(for: name, try server.connect()) }

        static func make(for name: String, _ client: SlipwayClient) async throws {
            let answer: Answer = try await client.post("/accounts/\(segment(name))/password", [String: String]())
            Terminal.print("Password: \(answer.password ?? "")")
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Let an account and its tokens in no more.")
        @OptionGroup var server: ServerOption
        @Argument(help: "The account's name.") var name: String

        func run() async throws {
            try await server.connect().post("/accounts/\(segment(name))/disable")
            Terminal.print("Disabled \(name).")
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Let an account and its tokens in again.")
        @OptionGroup var server: ServerOption
        @Argument(help: "The account's name.") var name: String

        func run() async throws {
            try await server.connect().post("/accounts/\(segment(name))/enable")
            Terminal.print("Enabled \(name).")
        }
    }

    struct SignOut: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sign-out", abstract: "End all sessions of an account.")
        @OptionGroup var server: ServerOption
        @Argument(help: "The account's name.") var name: String

        func run() async throws {
            try await server.connect().post("/accounts/\(segment(name))/sign-out")
            Terminal.print("Signed \(name) out.")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Remove an account with its tokens and grants.")
        @OptionGroup var server: ServerOption
        @Argument(help: "The account's name.") var name: String

        func run() async throws {
            try await server.connect().delete("/accounts/\(segment(name))")
            Terminal.print("Removed \(name).")
        }
    }
}
