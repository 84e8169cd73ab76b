import ArgumentParser
import Client
import Engines
import Model

/// `slipway hosts`: the machines of an environment.
struct HostsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hosts", abstract: "List the machines that an environment's containers run on.",
        discussion: "Example:\n  slipway hosts --environment staging")

    @OptionGroup var server: ServerOption
    @OptionGroup var place: PlaceOption
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let hosts: [EngineInfo] = try await server.connect().get("\(place.path)/hosts")
        if json { return try printJSON(hosts) }
        let rows = hosts.map { host in
            [host.hostName, host.name, "\(host.processors)", "\(host.memory / 1_000_000) MB"]
        }
        Terminal.print(Terminal.table(["HOST", "ENGINE", "PROCESSORS", "MEMORY"], rows))
    }
}
