import ArgumentParser
import Client
import Foundation
import Model
import StackFile
import Stacks

/// `slipway export`: files that make a stack again.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the files that make a stack again.",
        discussion: """
            Writes STACK/docker-compose.yml and STACK/rancher-compose.yml. Secrets stand in them by name; what the files \
            can't say is named.

            Examples:
              slipway export shop
              slipway export shop --output /srv/backup
              slipway export shop --output -
            """)

    @OptionGroup var server: ServerOption
    @OptionGroup var place: PlaceOption
    @Argument(help: "The stack.") var stack: String
    @Option(
        name: .shortAndLong, help: ArgumentHelp("Where the stack's folder is made; - prints.", valueName: "folder"))
    var output = "."
    @Flag(help: "Write over files that are there.") var force = false
    @Flag(help: "Print JSON: the resolved spec.") var json = false

    func run() async throws {
        let stacks: [StackView] = try await server.connect().get("\(place.path)/stacks")
        guard let view = stacks.first(where: { $0.name == stack }) else {
            let names = stacks.map(\.name).joined(separator: ", ")
            throw Failure(.notFound, "There is no stack \(stack) in \(place.name)", hint: "Stacks: \(names).")
        }
        let spec = StackSpec(services: view.services.map(\.spec))
        if json { return try printJSON(spec) }
        let text = ComposeText(spec)
        for key in text.lost { Terminal.error("slipway: not in the files: \(key)") }
        if output == "-" { return Terminal.print(text.text) }
        let folder = URL(filePath: output).appending(path: stack)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let files = [("docker-compose.yml", text.compose)] + (text.rancher.map { [("rancher-compose.yml", $0)] } ?? [])
        for (name, _) in files where !force && FileManager.default.fileExists(atPath: folder.appending(path: name).path)
        {
            throw Failure(.conflict, "\(folder.appending(path: name).path) is there already", hint: "Add --force.")
        }
        for (name, text) in files {
            try Data(text.utf8).write(to: folder.appending(path: name))
            Terminal.print("Wrote \(folder.appending(path: name).path)")
        }
    }
}
