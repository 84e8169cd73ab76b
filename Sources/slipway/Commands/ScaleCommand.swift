import ArgumentParser
import Client
import Model
import Stacks

/// `slipway scale`: how many containers services have.
struct ScaleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Set how many containers a service has.",
        discussion: """
            Returns when they serve. The next deploy brings the scale that its files say.

            Examples:
              slipway scale shop/orders=5
              slipway scale shop/orders=5 shop/cart=2 --environment staging
            """)

    @OptionGroup var server: ServerOption
    @Argument(help: ArgumentHelp("Services and their scales.", valueName: "stack/service=number")) var wishes: [String]
    @Option(name: [.long, .customLong("env")], help: "The environment.") var environment = "production"
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let all = try wishes.map(Self.read)
        let client = try server.connect()
        var outcomes: [ServiceOutcome] = []
        for (service, scale) in all {
            outcomes.append(try await client.post(service.path(in: environment, "scale"), ["scale": scale]))
        }
        try await ServiceOutcome.tell(outcomes, json: json, client)
    }

    static func read(_ text: String) throws -> (ServiceName, Int) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let scale = Int(parts[1]), let service = ServiceName(String(parts[0])) else {
            throw Failure(.usage, "\(text) is not stack/service=number", hint: "For example shop/orders=5.")
        }
        return (service, scale)
    }
}

/// `slipway restart`: new containers of what runs, batch by batch.
struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Replace the containers of services by new ones, batch by batch.",
        discussion: """
            A rollout of what runs: each batch is healthy before the next begins, and no request is dropped.

            Examples:
              slipway restart shop/orders
              slipway restart shop/orders --batch-size 2 --interval 5000
            """)

    @OptionGroup var server: ServerOption
    @Argument(help: ArgumentHelp("The services.", valueName: "stack/service")) var services: [String]
    @Option(name: [.long, .customLong("env")], help: "The environment.") var environment = "production"
    @Option(help: "Containers at a time; as in the last rollout without it.") var batchSize: Int?
    @Option(help: ArgumentHelp("Milliseconds between batches; as in the last rollout without it.", valueName: "ms"))
    var interval: Int?
    @Flag(help: "Print JSON.") var json = false

    struct Body: Codable { var batchSize: Int?, interval: Int? }

    func run() async throws {
        let all = try services.map { text in
            guard let service = ServiceName(text) else {
                throw Failure(.usage, "\(text) is not stack/service", hint: "For example shop/orders.")
            }
            return service
        }
        let client = try server.connect()
        var outcomes: [ServiceOutcome] = []
        for service in all {
            let body = Body(batchSize: batchSize, interval: interval)
            outcomes.append(try await client.post(service.path(in: environment, "restart"), body))
        }
        try await ServiceOutcome.tell(outcomes, json: json, client)
    }
}

/// `shop/orders`.
struct ServiceName: Hashable {
    var stack: String
    var service: String

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        (stack, service) = (String(parts[0]), String(parts[1]))
    }

    /// The address of an action of it.
    func path(in environment: String, _ action: String) -> String {
        "/environments/\(segment(environment))/stacks/\(segment(stack))/services/\(segment(service))/\(action)"
    }
}

extension ServiceOutcome {
    /// Says what was decided, and follows the rollouts to their end.
    static func tell(_ outcomes: [ServiceOutcome], json: Bool, _ client: SlipwayClient) async throws {
        if json { try printJSON(outcomes) } else { for outcome in outcomes { Terminal.print(outcome.message) } }
        try await RolloutFollower(client: client, isQuiet: json).follow(outcomes.compactMap(\.rolloutID))
    }
}
