import ArgumentParser
import Client
import Model
import Stacks

/// `slipway stacks`: the stacks of an environment.
struct StacksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stacks", abstract: "List the stacks of an environment.",
        discussion: "Examples:\n  slipway stacks\n  slipway stacks --environment staging --json")

    @OptionGroup var server: ServerOption
    @OptionGroup var place: PlaceOption
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let stacks: [StackView] = try await server.connect().get("\(place.path)/stacks")
        if json { return try printJSON(stacks) }
        guard !stacks.isEmpty else { return Terminal.print("There is no stack in \(place.name).") }
        let rows = stacks.map { stack in
            let states = Set(stack.services.map(\.state.rawValue)).sorted().joined(separator: ", ")
            return [stack.name, "\(stack.services.count)", states, stack.description ?? ""]
        }
        Terminal.print(Terminal.table(["STACK", "SERVICES", "STATE", "DESCRIPTION"], rows))
    }
}

/// `slipway volumes`: named volumes of an environment's services, which no deploy removes.
struct VolumesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "volumes", abstract: "List the named volumes of an environment's services.",
        discussion: """
            Nothing that Slipway does removes one.

            Examples:
              slipway volumes
              slipway volumes --json
            """)

    /// A named volume and who has it.
    struct Row: Codable {
        /// As the engine has it.
        var name: String
        var service: String
        var path: String
        var readOnly: Bool
    }

    @OptionGroup var server: ServerOption
    @OptionGroup var place: PlaceOption
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let client = try server.connect()
        let stacks: [StackView] = try await client.get("\(place.path)/stacks")
        // What is asked for may be an alias; volumes are called by the name.
        let environments: [Model.Environment] = try await client.get("/environments")
        let environment = environments.first { $0.name == place.name || $0.aliases.contains(place.name) }
        let rows = Self.rows(RuntimeNames(stacks: stacks), environment?.name ?? place.name)
        if json { return try printJSON(rows) }
        guard !rows.isEmpty else { return Terminal.print("No service in \(place.name) has a named volume.") }
        Terminal.print(
            Terminal.table(
                ["VOLUME", "SERVICE", "PATH", "MODE"],
                rows.map { [$0.name, $0.service, $0.path, $0.readOnly ? "ro" : "rw"] }))
    }

    static func rows(_ runtime: RuntimeNames, _ environment: String) -> [Row] {
        runtime.all.flatMap { service in
            service.view.spec.volumes.compactMap { mount in
                guard let source = mount.source, !mount.isBind else { return nil }
                return Row(
                    name: "\(environment)-\(service.name.stack)-\(source)", service: service.name.description,
                    path: mount.target, readOnly: mount.readOnly)
            }
        }
    }
}
