import ArgumentParser
import Foundation
import Logging
import Model
import Pipeline

/// `slipway serve`: runs the server.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the server.",
        discussion: """
            One program and one data directory. It listens on 127.0.0.1 unless told otherwise, runs a registry and a load \
            balancer of its own, and goes on with whatever a stop or a crash left unfinished.

            Examples:
              slipway serve
              slipway serve --data /srv/slipway --port 9000
              slipway serve --registry registry.example.com
              slipway serve --public-url https://slipway.example.com --trusted-proxy 10.0.0.0/8
              slipway serve --public-url https://slipway.example.com --tls-certificate chain.pem --tls-key key.pem
              slipway serve --public-url https://slipway.example.com --sign-in /etc/slipway/sign-in.yml
            """)

    @Option(help: ArgumentHelp("The data directory. Also SLIPWAY_DATA.", valueName: "directory"))
    var data: String = DataDirectory.standard

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on.")
    var port = 8080

    @Option(help: ArgumentHelp("How people and scripts reach the server.", valueName: "url"))
    var publicURL: String?

    @Option(
        help: ArgumentHelp(
            "Registry for images that name none; without it Slipway runs one on 127.0.0.1.", valueName: "host:port"))
    var registry: String?

    @Option(help: ArgumentHelp("The Docker Engine's socket.", valueName: "path"))
    var engine = "/var/run/docker.sock"

    @Option(help: ArgumentHelp("Name of the first environment, made at the first start.", valueName: "name"))
    var environment = "production"

    @Option(help: ArgumentHelp("Another name of the first environment; may be repeated.", valueName: "name"))
    var alias: [String] = []

    @Option(help: ArgumentHelp("Builds at a time.", valueName: "number"))
    var builds = 2

    @Option(help: ArgumentHelp("Seconds between two looks at a git URL.", valueName: "seconds"))
    var poll = 5

    @Option(
        help: ArgumentHelp(
            "Seconds that a step waits for an engine, a registry or a disk that is away.", valueName: "seconds"))
    var patience = 600

    @Option(
        help: ArgumentHelp(
            "File that lets people in through GitHub or OpenID providers (docs/sign_in.md). Also SLIPWAY_SIGN_IN.",
            valueName: "file"))
    var signIn: String?

    @Option(
        help: ArgumentHelp(
            """
            Who scripts and host steps run as: an account, a range of numbers such as 60600-60855, or none for the \
            server's own user. A server that runs as root takes that range by itself. Also SLIPWAY_STEP_USER.
            """, valueName: "user"))
    var stepUser: String?

    @Flag(help: "Let test steps without an image run on this machine.")
    var allowHostSteps = false

    @OptionGroup var web: WebOptions

    @Option(help: "What to log: trace, debug, info, notice, warning, error.")
    var logLevel = "info"

    func run() async throws {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw Failure(.usage, "\(logLevel) is not a log level", hint: "trace, debug, info, notice, warning, error")
        }
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let web = try web.checked(publicURL: publicURL)
        let publicURL = publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        try await Server(
            ServerOptions(
                data: DataDirectory(data), host: host, port: port, publicURL: publicURL, registry: registry,
                engineSocket: engine, environment: environment, aliases: alias, buildSlots: builds, pollInterval: poll,
                patience: patience, allowsHostSteps: allowHostSteps, web: web,
                signIn: signIn ?? ProcessInfo.processInfo.environment["SLIPWAY_SIGN_IN"],
                stepUsers: try StepUserPolicy.ofThisMachine(stepUser))
        ).run()
    }
}
