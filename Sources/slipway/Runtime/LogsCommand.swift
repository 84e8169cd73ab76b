import ArgumentParser
import Client
import Model
import Stacks

/// `slipway logs`: output of services and containers, one or several.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show the output of services and containers.",
        discussion: """
            Lines of several containers stand behind their names, in a colour of its own for each on a terminal.

            Examples:
              slipway logs shop/orders --follow
              slipway logs shop/orders shop/cart -f --tail 20
              slipway logs production-shop-orders-3-1
            """)

    @OptionGroup var server: ServerOption
    @OptionGroup var place: PlaceOption
    @OptionGroup var stack: StackOption
    @Argument(
        help: ArgumentHelp("Stacks, services, or containers by name or id.", valueName: "stack/service|container"))
    var names: [String]
    @Flag(name: .shortAndLong, help: "Go on; of services with containers that come later.") var follow = false
    @Option(help: "Lines from the end, of each.") var tail = 100

    func run() async throws {
        let client = try server.connect()
        let stacks: [StackView] = try await client.get("\(place.path)/stacks")
        let sources = try sources(RuntimeNames(stacks: stacks, stack: stack.name))
        let (isAlone, follow) = (sources.count == 1, follow)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for source in sources {
                group.addTask {
                    let lines = LogLines(of: source.label, isAlone: isAlone)
                    try await client.stream(source.path) { Terminal.write(lines.add($0)) }
                    Terminal.write(lines.finish())
                }
            }
            try await group.waitForAll()
        }
        // Whoever follows and sees the stream end wants to know that nothing more comes.
        if follow { Terminal.error("The output has ended.") }
    }

    private struct Source: Sendable {
        var path: String
        var label: LogLines.Label
    }

    private func sources(_ runtime: RuntimeNames) throws -> [Source] {
        let query = "logs?tail=\(tail)\(follow ? "&follow=1" : "")"
        func source(_ service: RuntimeNames.Service) -> Source {
            Source(path: service.name.path(in: place.name, query), label: .service(service.name.service))
        }
        return try names.flatMap { name -> [Source] in
            switch try runtime.find(name) {
            case .stack(let stack): return runtime.all.filter { $0.name.stack == stack.name }.map(source)
            case .service(let service): return [source(service)]
            case .container(let container, _):
                let path = "\(place.path)/containers/\(segment(container.id))/\(query)"
                return [Source(path: path, label: .container(container.name))]
            }
        }
    }
}
