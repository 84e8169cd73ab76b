import ArgumentParser
import Client
import Foundation
import Model
import StackFile
import Stacks

/// `slipway run`: a service without a file.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Add a service to a stack without a file.",
        discussion: """
            Takes the flags of `docker run` and returns when the service serves. A service that is there already is left \
            alone: `slipway up --upgrade` changes one, by its files.

            Examples:
              slipway run --name shop/cache redis:7
              slipway run --name shop/echo --scale 2 -p 8081:80 -e GREETING=hello acme/echo:1.2
              slipway run --name tools/shell -it debian:12 sleep infinity
            """)

    @OptionGroup var server: ServerOption
    /// Without the short name that it has elsewhere: `--env` is a variable's here, as it is `docker run`'s.
    @Option(
        help: ArgumentHelp(
            "The environment; else that of SLIPWAY_ENVIRONMENT or RANCHER_ENVIRONMENT, else production.",
            valueName: "name"))
    var environment: String?
    @OptionGroup var stack: StackOption
    @Option(
        help: ArgumentHelp(
            "The service; else it is called as its image, in the stack default.", valueName: "stack/service"))
    var name: String?
    @Option(help: "How many containers.") var scale = 1
    @OptionGroup var options: RunOptions
    @Flag(name: .shortAndLong, help: ArgumentHelp("As always: nothing is followed.", visibility: .hidden))
    var detach = false
    @Flag(help: "Print JSON.") var json = false
    @Argument(help: "The image.") var image: String
    @Argument(parsing: .captureForPassthrough, help: "What runs in it; the image's own without it.")
    var command: [String] = []

    func validate() throws {
        guard (0...10_000).contains(scale) else { throw ValidationError("--scale must be 0 to 10000, not \(scale)") }
    }

    func run() async throws {
        let service = try serviceName
        let result = try read(service)
        for warning in result.warnings { Terminal.error(warning.message) }
        if let first = result.notCarriedOut.first {
            throw Failure(.invalid, first.message, findings: result.notCarriedOut)
        }
        let client = try server.connect()
        let place = environment ?? PlaceOption.standard()
        let path = "/environments/\(segment(place))/stacks"
        let stacks: [StackView] = try await client.get(path)
        let there = RuntimeNames(stacks: stacks).all.map(\.name)
        guard !there.contains(service) else {
            throw Failure(
                .conflict, "\(service) is there already in \(place)",
                hint: "Give another --name, or remove it first: slipway rm \(service).")
        }
        let request = UpRequest(stack: service.stack, spec: result.spec, services: [service.service])
        let outcomes: [ServiceOutcome] = try await client.post(
            "\(path)/\(segment(service.stack))/up", request, timeout: .seconds(600))
        try await ServiceOutcome.tell(outcomes, json: json, client)
    }

    /// What it is called. Throws `.usage` where that says nothing.
    var serviceName: ServiceName {
        get throws {
            if let name { return try ServiceName(name, of: stack.name ?? "default") }
            let last = image.split(separator: "/").last ?? ""
            let plain = last.prefix { $0 != ":" && $0 != "@" }
            return try ServiceName(String(plain), of: stack.name ?? "default")
        }
    }

    /// The service as it is read from a stack file. Throws what is wrong with it.
    func read(
        _ service: ServiceName, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> StackFileResult {
        let words = command.first == "--" ? Array(command.dropFirst()) : command
        let text = try options.composeText(service: service.service, image: image, command: words, scale: scale)
        var reading = StackFileOptions(
            environment: environment, allowUnset: false,
            readFile: { try? String(contentsOfFile: $0, encoding: .utf8) })
        reading.engine = .docker
        return try StackFiles.load([StackFileSource(name: "the command line", text: text)], reading)
    }
}
