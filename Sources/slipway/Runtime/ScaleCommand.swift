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
    @OptionGroup var place: PlaceOption
    @OptionGroup var stack: StackOption
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let all = try wishes.map { try Self.read($0, of: stack.name) }
        let client = try server.connect()
        var outcomes: [ServiceOutcome] = []
        for (service, scale) in all {
            outcomes.append(try await client.post(service.path(in: place.name, "scale"), ["scale": scale]))
        }
        try await ServiceOutcome.tell(outcomes, json: json, client)
    }

    static func read(_ text: String, of stack: String? = nil) throws -> (ServiceName, Int) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let scale = Int(parts[1]),
            let service = try? ServiceName(String(parts[0]), of: stack)
        else { throw Failure(.usage, "\(text) is not stack/service=number", hint: "For example shop/orders=5.") }
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
    @OptionGroup var place: PlaceOption
    @OptionGroup var stack: StackOption
    @Option(help: "Containers at a time; as in the last rollout without it.") var batchSize: Int?
    @Option(help: ArgumentHelp("Milliseconds between batches; as in the last rollout without it.", valueName: "ms"))
    var interval: Int?
    @Flag(help: "Print JSON.") var json = false

    struct Body: Codable { var batchSize: Int?, interval: Int? }

    func run() async throws {
        let all = try services.map { try ServiceName($0, of: stack.name) }
        let client = try server.connect()
        var outcomes: [ServiceOutcome] = []
        for service in all {
            let body = Body(batchSize: batchSize, interval: interval)
            outcomes.append(try await client.post(service.path(in: place.name, "restart"), body))
        }
        try await ServiceOutcome.tell(outcomes, json: json, client)
    }
}

extension ServiceOutcome {
    /// Says what was decided, and follows the rollouts to their end.
    static func tell(_ outcomes: [ServiceOutcome], json: Bool, _ client: SlipwayClient) async throws {
        if json { try printJSON(outcomes) } else { for outcome in outcomes { Terminal.print(outcome.message) } }
        try await RolloutFollower(client: client, isQuiet: json).follow(outcomes.compactMap(\.rolloutID))
    }
}
