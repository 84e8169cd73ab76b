import ArgumentParser
import Client
import Foundation
import Glibc
import Model
import SecretStore

/// `slipway secrets`: sets, lists and removes secrets. None can be read back.
struct SecretsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets", abstract: "Set, list and remove secrets; they can't be read back.",
        discussion: """
            A value comes from standard input, or is asked for without being shown; never from an argument, which every \
            process of the machine could read.

            Examples:
              slipway secrets set NPM_TOKEN --app orders < token
              slipway secrets set DB_PASSWORD --app orders --environment production
              slipway secrets set TLS_KEY --environment production --file < key.pem
              slipway secrets list --app orders
              slipway secrets rotate-key
            """,
        subcommands: [List.self, Set.self, Remove.self, RotateKey.self], defaultSubcommand: List.self)

    /// For whom a secret is.
    struct Bounds: ParsableArguments {
        @Option(help: "Of this app alone.") var app: String?
        @Option(
            name: [.long, .customLong("env")], help: "In this environment alone; tests have none.") var environment:
            String?
        @Option(help: "In this context, which an app's slipway.yml must list.") var context: String?

        var query: String {
            let given = [("app", app), ("environment", environment), ("context", context)]
            let pairs = given.compactMap { name, value in value.map { "\(name)=\(segment($0))" } }
            return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
        }

        func place(_ name: String) -> SecretPlace {
            SecretPlace(name: name, app: app, environment: environment, context: context)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List names and places of secrets.")
        @OptionGroup var server: ServerOption
        @OptionGroup var bounds: Bounds
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let secrets: [Secret] = try await server.connect().get("/secrets\(bounds.query)")
            if json { return try printJSON(secrets) }
            guard !secrets.isEmpty else { return Terminal.print("No secrets.") }
            let rows = secrets.map { secret in
                [
                    secret.place.name, secret.place.app ?? "all", secret.place.environment ?? "all",
                    secret.place.context ?? "–", secret.kind.rawValue, ago(secret.updatedAt), secret.updatedBy,
                ]
            }
            Terminal.print(
                Terminal.table(["NAME", "APP", "ENVIRONMENT", "CONTEXT", "KIND", "SET", "BY"], rows))
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "set", abstract: "Set a secret, or replace it.")
        @OptionGroup var server: ServerOption
        @Argument(help: "Its name: an environment variable's.") var name: String
        @OptionGroup var bounds: Bounds
        @Flag(help: "Give it as a file; steps and scripts get a variable with its path.") var file = false

        struct Body: Codable { var value: String, kind: Secret.Kind }

        func run() async throws {
            let value = try SecretInput.read("Value of \(bounds.place(name).description): ", isFile: file)
            let secret: Secret = try await server.connect().put(
                "/secrets/\(segment(name))\(bounds.query)", Body(value: value, kind: file ? .file : .variable))
            Terminal.print("Set \(secret.place.description).")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove a secret.")
        @OptionGroup var server: ServerOption
        @Argument(help: "Its name.") var name: String
        @OptionGroup var bounds: Bounds

        func run() async throws {
            try await server.connect().delete("/secrets/\(segment(name))\(bounds.query)")
            Terminal.print("Removed \(bounds.place(name).description).")
        }
    }

    struct RotateKey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-key", abstract: "Seal all secrets with a new key.",
            discussion: """
                Makes a new key file and removes the old one when everything is sealed with the new one. Where the key \
                is given by SLIPWAY_SECRET_KEY or systemd, everything is sealed with the one that is given now.
                """)
        @OptionGroup var server: ServerOption

        func run() async throws {
            let rotation: SecretService.Rotation = try await server.connect().post("/secrets/rotate-key")
            Terminal.print("Sealed \(rotation.resealed) secrets with the key \(rotation.keyID).")
        }
    }
}

/// Reads a value from standard input.
enum SecretInput {
    /// What is piped in, or what a person types without seeing it. A variable loses the line break at its end, which
    /// `echo` adds; a file keeps it.
    static func read(_ prompt: String, isFile: Bool) throws -> String {
        if isatty(STDIN_FILENO) == 1 { return try ask(prompt) }
        let data = FileHandle.standardInput.readDataToEndOfFile()
        guard var value = String(validating: data, as: UTF8.self) else {
            throw Failure(
                .invalid, "The value is not text in UTF-8", hint: "Encode it: base64 < FILE | slipway secrets set …")
        }
        if !isFile {
            if value.hasSuffix("\r\n") || value.hasSuffix("\n") { value.removeLast() }
        }
        return value
    }

    /// Asks on the terminal, which shows nothing of what is typed.
    private static func ask(_ prompt: String) throws -> String {
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else {
            throw Failure(.unavailable, "The terminal can't be made silent", hint: "Pipe the value in.")
        }
        var silent = shown
        silent.c_lflag &= ~tcflag_t(ECHO)
        FileHandle.standardError.write(Data(prompt.utf8))
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else {
            throw Failure(.unavailable, "The terminal can't be made silent", hint: "Pipe the value in.")
        }
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            Terminal.error("")
        }
        guard let value = readLine(strippingNewline: true) else { throw Failure(.usage, "No value was given") }
        return value
    }
}
