import ArgumentParser
import Stacks

/// `slipway keep-edge DIR PROGRAM`: what the server starts so that the edge comes back by itself, with the server alive
/// or dead. Not for people.
struct KeepEdgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep-edge", abstract: "Keep the load balancer running.", shouldDisplay: false)

    @Argument(help: "The edge's folder.")
    var folder: String

    @Argument(help: "The load balancer's program.")
    var program: String

    func run() async throws {
        try await EdgeProcess(directory: folder, program: program, keeper: nil).keep()
    }
}
