internal import ArgumentParser
internal import Foundation
internal import Model
internal import Supervisor

extension Slipway {
    /// Runs the command by the name it was called by (ProcessInfo would give the link's target); exit statuses are DESIGN 4's: 0 done, 1 error, 2 usage, 3 failed and rolled back, 4 timed out.
    static func main() async {
        var arguments = CommandLine.arguments
        // Before anything else: a supervisor is to be there at once, and small.
        if arguments.count == 3, arguments[1] == "supervise" {
            Foundation.exit(await SupervisorProcess.run(folder: arguments[2]))
        }
        let name = arguments.removeFirst().split(separator: "/").last.map(String.init) ?? "slipway"
        do {
            try await run(arguments, calledAs: name)
        } catch let failure as Failure {
            Terminal.error("\(name): \(failure)")
            Foundation.exit(failure.exitStatus)
        } catch  where exitCode(for: error) == .validationFailure {
            Terminal.error(fullMessage(for: error))
            Foundation.exit(2)
        } catch {
            exit(withError: error)
        }
    }

    /// Called `rancher` or `rancher-compose`, and for `up` under any name, it speaks the Rancher CLI's grammar.
    private static func run(_ arguments: [String], calledAs name: String) async throws {
        let isRancher = ["rancher", "rancher-compose"].contains(name)
        if isRancher || (arguments.first == "up" && !arguments.contains("--help")) {
            return try await RancherCommand(calledAs: name, arguments: arguments).run()
        }
        try await carryOut(arguments)
    }

    /// Runs one of our commands by its words.
    static func carryOut(_ words: [String]) async throws {
        var command = try parseAsRoot(words)
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
    }
}
