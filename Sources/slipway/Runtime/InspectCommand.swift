import ArgumentParser
import Client
import Model
import Stacks

/// `slipway inspect`: all that is known of a stack, a service or a container.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Print all that is known of stacks, services or containers, as JSON.",
        discussion: """
            Examples:
              slipway inspect shop/orders
              slipway inspect production-shop-orders-3-1 | jq .image
            """)

    @OptionGroup var server: ServerOption
    @OptionGroup var place: PlaceOption
    @OptionGroup var stack: StackOption
    @Argument(help: ArgumentHelp("What to show.", valueName: "stack|stack/service|container")) var names: [String]
    // It prints JSON anyway.
    @Flag(help: .hidden) var json = false
    @Option(help: .hidden) var format: String?

    func run() async throws {
        let stacks: [StackView] = try await server.connect().get("\(place.path)/stacks")
        let runtime = RuntimeNames(stacks: stacks, stack: stack.name)
        for found in try names.map({ try runtime.find($0) }) {
            switch found {
            case .stack(let stack): try printJSON(stack)
            case .service(let service): try printJSON(service.view)
            case .container(let container, _): try printJSON(container)
            }
        }
    }
}
