import ArgumentParser
import Client
import Model
import Stacks

/// Services that a command changes.
struct ServicesOption: ParsableArguments {
    @OptionGroup var server: ServerOption
    @OptionGroup var place: PlaceOption
    @OptionGroup var stack: StackOption
    @Argument(help: ArgumentHelp("Stacks or services.", valueName: "stack[/service]")) var names: [String]
    @Flag(help: "Print JSON.") var json = false

    func find(_ client: SlipwayClient) async throws -> [RuntimeNames.Service] {
        let stacks: [StackView] = try await client.get("\(place.path)/stacks")
        return try RuntimeNames(stacks: stacks, stack: stack.name).services(names)
    }

    /// Brings each service to the scale that `wish` says; nil leaves it as it is.
    func scale(_ wish: (ServiceView) -> Int?) async throws {
        let client = try server.connect()
        var outcomes: [ServiceOutcome] = []
        for service in try await find(client) {
            guard let scale = wish(service.view) else {
                let message = "\(service.name.service): no change, its scale is \(service.view.spec.scale)"
                outcomes.append(.init(service: service.name.service, action: .unchanged, message: message))
                continue
            }
            outcomes.append(try await client.post(service.name.path(in: place.name, "scale"), ["scale": scale]))
        }
        try await ServiceOutcome.tell(outcomes, json: json, client)
    }
}

/// `slipway stop`: no containers of services, which stay as they are.
struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop all containers of services; `start` brings them back.",
        discussion: """
            Requests that are open are answered first.

            Examples:
              slipway stop shop/orders
              slipway stop shop --environment staging
            """, aliases: ["deactivate"])

    @OptionGroup var services: ServicesOption

    func run() async throws {
        try await services.scale { $0.spec.scale == 0 ? nil : 0 }
    }
}

/// `slipway start`: as many containers of a stopped service as it had.
struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start services that were stopped, with as many containers as they had.",
        discussion: "Examples:\n  slipway start shop/orders\n  slipway start shop", aliases: ["activate"])

    @OptionGroup var services: ServicesOption

    func run() async throws {
        try await services.scale { $0.spec.scale > 0 ? nil : Self.scale(before: $0) }
    }

    /// The scale that a stopped service had; 1 where nobody knows.
    static func scale(before view: ServiceView) -> Int {
        max(1, view.rollout?.previous?.scale ?? 1)
    }
}

/// `slipway rm`: services with their containers, for good.
struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove services and their containers. Named volumes stay.",
        discussion: """
            Asks on a terminal; elsewhere it needs --yes. A stack is gone with its last service.

            Examples:
              slipway rm shop/orders
              slipway rm shop --yes
            """)

    @OptionGroup var services: ServicesOption
    @Flag(name: .shortAndLong, help: "Don't ask.") var yes = false
    // Rancher's: what is removed here is always a service, and stopped before.
    @Option(help: .hidden) var type: String?
    @Flag(name: .customLong("stop"), help: .hidden) var stops = false

    func run() async throws {
        let confirmation = Confirmation(isGiven: yes)
        try confirmation.requireWay(to: "rm removes services for good", hint: "Add --yes.")
        let client = try services.server.connect()
        let found = try await services.find(client)
        try confirmation.ask(
            "These services will be removed with their containers:", found.map(\.name.description))
        var outcomes: [ServiceOutcome] = []
        for (stack, members) in Dictionary(grouping: found, by: \.name.stack).sorted(by: { $0.key < $1.key }) {
            var request = UpRequest(stack: stack, spec: StackSpec(services: []))
            request.remove = members.map(\.name.service)
            outcomes += try await client.post("\(services.place.path)/stacks/\(segment(stack))/up", request)
        }
        try await ServiceOutcome.tell(outcomes, json: services.json, client)
    }
}
