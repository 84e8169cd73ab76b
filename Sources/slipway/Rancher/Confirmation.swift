import Foundation
import Glibc
import Model

/// Asks before something goes for good. Without a terminal nothing is asked: `--yes` says it, or it is an error.
struct Confirmation {
    /// Whether `--yes` was given.
    var isGiven = false
    var environment = ProcessInfo.processInfo.environment

    /// Whether somebody sits there who could answer; a deploy's script has a terminal, and nobody before it.
    var canAsk: Bool {
        isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 && environment["SLIPWAY_DEPLOY_ID"] == nil
    }

    /// Throws `.usage` where it is neither given nor can be asked for.
    func requireWay(to act: String, hint: String) throws {
        guard isGiven || canAsk else {
            throw Failure(.usage, "\(act), and there is no terminal to ask on", hint: hint)
        }
    }

    /// Lists what goes and asks; with nothing to lose, or where it is given, it doesn't. Throws where the answer is no.
    func ask(_ question: String, _ things: [String]) throws {
        guard !isGiven, !things.isEmpty else { return }
        Terminal.error(question)
        for thing in things { Terminal.error("  \(thing)") }
        FileHandle.standardError.write(Data("Go on? [y/N] ".utf8))
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        guard answer == "y" || answer == "yes" else { throw Failure(.failed, "Nothing was changed") }
    }
}
