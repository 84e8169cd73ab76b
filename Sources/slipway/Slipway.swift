import ArgumentParser
import Foundation
import Model

/// The command line. Called `rancher` or `rancher-compose` it speaks the Rancher CLI's grammar.
@main
struct Slipway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slipway", abstract: "Takes a commit from merge to production, and back.",
        version: SlipwayVersion.current,
        subcommands: [
            ServeCommand.self
        ])

    static func main() async {
        let arguments = ProcessInfo.processInfo.arguments
        do {
            var command = try parseAsRoot(Array(arguments.dropFirst()))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            Terminal.error("slipway: \(failure)")
            Foundation.exit(failure.exitStatus)
        } catch {
            exit(withError: error)
        }
    }
}
