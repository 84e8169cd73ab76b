import ArgumentParser
import Client
import Engines
import Foundation
import Glibc
import Model
import Stacks

/// `slipway exec`: a command in a container.
struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command in a container; ends with its exit status.",
        discussion: """
            Of a service, it is the first container that serves. With -t the command has this terminal: its size and its \
            keys, Ctrl-C too. Without, output and errors stay apart, so that they can be piped.

            Examples:
              slipway exec -it shop/orders sh
              slipway exec shop/orders-db -- pg_dump -U orders orders > orders.sql
              slipway exec -i shop/orders-db -- psql -U orders < fix.sql
            """)

    @OptionGroup var server: ServerOption
    @OptionGroup var place: PlaceOption
    @OptionGroup var stack: StackOption
    @Flag(name: .shortAndLong, help: "Hand standard input on.") var interactive = false
    @Flag(name: .shortAndLong, help: "Give it a terminal.") var tty = false
    @Option(name: .shortAndLong, help: "As whom; the container's own user without it.") var user: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("Where; the container's own without it.", valueName: "folder"))
    var workdir: String?
    @Argument(help: ArgumentHelp("Where to run it.", valueName: "service|container")) var name: String
    @Argument(parsing: .captureForPassthrough, help: "The program and its arguments; sh without one.")
    var command: [String] = []

    func run() async throws {
        if tty, isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1 {
            throw Failure(.usage, "-t needs a terminal, and here is none", hint: "Leave -t away.")
        }
        let client = try server.connect()
        let stacks: [StackView] = try await client.get("\(place.path)/stacks")
        let container = try Self.container(name, in: RuntimeNames(stacks: stacks, stack: stack.name))
        let words = command.first == "--" ? Array(command.dropFirst()) : command
        let remote = RemoteCommand(client: client, environment: place.path, sendsInput: interactive, tty: tty)
        let status = try await remote.run(
            words.isEmpty ? ["sh"] : words, in: container.id, user: user, workingDirectory: workdir)
        Foundation.exit(status)
    }

    /// The container that a name means: itself, or the first of a service that serves. Throws `.notFound`, `.conflict`.
    static func container(_ name: String, in runtime: RuntimeNames) throws -> ContainerView {
        switch try runtime.find(name) {
        case .container(let container, _): return container
        case .stack(let stack):
            let services = stack.services.map { "\(stack.name)/\($0.name)" }.joined(separator: ", ")
            throw Failure(.usage, "\(name) is a stack, not a service", hint: "Services: \(services).")
        case .service(let service):
            let running = service.view.containers.filter { $0.state == .running && !$0.parked }
            guard let container = running.first(where: \.serving) ?? running.first else {
                throw Failure(
                    .conflict, "\(service.name) has no container that runs",
                    hint: "It is \(service.view.state.rawValue).")
            }
            return container
        }
    }
}
