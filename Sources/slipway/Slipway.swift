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
            ServeCommand.self,
            DemoCommand.self,
            DoctorCommand.self,
            CheckCommand.self,
            AppsCommand.self,
            DeployCommand.self,
            RollbackCommand.self,
            AbortCommand.self,
            FollowCommand.self,
            UpCommand.self,
            PsCommand.self,
            LogsCommand.self,
            EnvironmentsCommand.self,
            TokensCommand.self,
            SuperviseCommand.self,
        ])

    static func main() async {
        var arguments = ProcessInfo.processInfo.arguments
        let name = arguments.removeFirst().split(separator: "/").last.map(String.init) ?? "slipway"
        do {
            if ["rancher", "rancher-compose"].contains(name) {
                return try await RancherCommand(calledAs: name, arguments: arguments).run()
            }
            // `up` has the Rancher CLI's grammar under either name.
            if arguments.first == "up", !arguments.contains("--help") {
                return try await RancherCommand(calledAs: name, arguments: arguments).run()
            }
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            Terminal.error("\(name): \(failure)")
            Foundation.exit(failure.exitStatus)
        } catch {
            exit(withError: error)
        }
    }
}
