import ArgumentParser
import Supervisor

/// `slipway supervise DIR`: what the server starts to run a command that outlives it. Not for people.
struct SuperviseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise", abstract: "Run the command of a run folder.", shouldDisplay: false)

    @Argument(help: "The run folder.")
    var folder: String

    func run() async throws {
        throw ExitCode(await SupervisorProcess.run(folder: folder))
    }
}
