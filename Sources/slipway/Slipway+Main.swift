internal import ArgumentParser
internal import Foundation
internal import Model

extension Slipway {
    /// Runs the command; exit statuses are DESIGN 4's: 0 done, 1 error, 2 usage, 3 failed and rolled back, 4 timed out.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            report("slipway: \(failure)")
            Foundation.exit(failure.exitStatus)
        } catch  where exitCode(for: error) == .validationFailure {
            report(fullMessage(for: error))
            Foundation.exit(2)
        } catch {
            exit(withError: error)
        }
    }

    private static func report(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
