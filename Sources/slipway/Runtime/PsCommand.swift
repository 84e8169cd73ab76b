import ArgumentParser
import Client
import Engines
import Model
import Stacks

/// `slipway ps`: services and containers of an environment.
struct PsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps", abstract: "List services and their containers.",
        discussion: """
            Examples:
              slipway ps
              slipway ps shop/orders --environment staging
              slipway ps --json
            """)

    @OptionGroup var server: ServerOption
    @OptionGroup var place: PlaceOption
    @OptionGroup var stack: StackOption
    @Argument(help: ArgumentHelp("Stacks or services; all without one.", valueName: "stack[/service]"))
    var names: [String] = []
    @Flag(name: .shortAndLong, help: "Containers that are parked, too.") var all = false
    @Flag(name: .shortAndLong, help: "Containers' ids alone.") var quiet = false
    // Containers are what is listed; Rancher's flag says so once more.
    @Flag(name: [.short, .long], help: .hidden) var containers = false
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let stacks: [StackView] = try await server.connect().get("\(place.path)/stacks")
        let names = RuntimeNames(stacks: stacks, stack: stack.name)
        if json { return try printJSON(self.names.isEmpty ? stacks : try names.stacks(of: self.names)) }
        let services = try self.names.isEmpty ? names.all : names.services(self.names)
        guard !services.isEmpty else { return Terminal.print("Nothing runs in \(place.name).") }
        if quiet {
            return services.flatMap { listed($0.view) }.forEach { Terminal.print($0.id) }
        }
        let rows = services.flatMap { service in
            let containers = listed(service.view).map { row($0, of: service.name) }
            let none = [service.name.description, "–", "–", service.view.state.rawValue, "–", "–", "–"]
            return containers.isEmpty ? [none] : containers
        }
        Terminal.print(
            Terminal.table(["SERVICE", "CONTAINER", "REVISION", "STATE", "HEALTH", "STARTED", "AS TESTED"], rows))
    }

    private func listed(_ service: ServiceView) -> [ContainerView] {
        service.containers.filter { all || !$0.parked }
    }

    private func row(_ container: ContainerView, of service: ServiceName) -> [String] {
        [
            service.description, container.name, container.revision?.short ?? "–",
            container.parked ? "parked" : container.state.rawValue, container.health,
            ago(container.startedAt), container.matches.map { $0 ? "yes" : "NO" } ?? "–",
        ]
    }
}
