import Client
import Delivery
import Foundation
import Model

/// Prints a build or a deploy as it goes: steps with their logs, in which `up` tells of the batches of its rollouts.
struct Follower {
    let client: SlipwayClient
    var isQuiet = false

    /// Ends when the deploy does; throws a ``Failure`` with the exit status that its end asks for.
    func deploy(_ id: Int64) async throws {
        var seen = Seen()
        while true {
            let view: DeployView = try await client.get("/deploys/\(id)")
            try await show(view.steps, at: "/deploys/\(id)", &seen)
            if view.deploy.state.isFinal { return try conclude(view) }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    /// Ends when the build does; throws when it did not succeed.
    func build(_ id: Int64) async throws {
        var seen = Seen()
        while true {
            let view: BuildView = try await client.get("/builds/\(id)")
            try await show(view.steps, at: "/builds/\(id)", &seen)
            if view.build.state.isFinal {
                guard view.build.state == .succeeded else {
                    throw Failure(
                        view.build.state == .timedOut ? .timedOut : .failed,
                        "Build \(id) \(view.build.state.rawValue): \(view.build.reason ?? "no reason known")")
                }
                return say(
                    Terminal.styled("✓ build \(id) succeeded", .green) + (view.image.map { ": \($0.pinned)" } ?? ""))
            }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    private struct Seen {
        var started: Set<Int> = []
        var offsets: [Int: Int] = [:]
        var ended: Set<Int> = []
    }

    private func show(_ steps: [Step], at path: String, _ seen: inout Seen) async throws {
        for step in steps where step.state != .waiting && step.state != .skipped && !seen.ended.contains(step.index) {
            if seen.started.insert(step.index).inserted { say(Terminal.styled("$ \(step.command)", .bold)) }
            let from = seen.offsets[step.index] ?? 0
            let bytes = try await client.bytes("\(path)/steps/\(step.index)/log?offset=\(from)")
            if !isQuiet { Terminal.write(bytes) }
            seen.offsets[step.index] = from + bytes.count
            if step.state.isFinal {
                seen.ended.insert(step.index)
                if let reason = step.reason { say(Terminal.styled("✗ \(step.name): \(reason)", .red)) }
            }
        }
    }

    private func conclude(_ view: DeployView) throws {
        let deploy = view.deploy
        let message = "deploy \(deploy.id) \(deploy.state.rawValue)" + (deploy.reason.map { ": \($0)" } ?? "")
        switch deploy.state {
        case .succeeded: break
        case .rolledBack: throw Failure(.rolledBack, message)
        case .timedOut: throw Failure(.timedOut, message)
        default: throw Failure(.failed, message)
        }
        say(Terminal.styled("✓ \(message)", .green))
        switch deploy.verification {
        case .verified(let count): say("  running what was tested: \(count) containers have the image's digest")
        case .nothingVerified: say("  scripts passed, nothing verified")
        case .differs(let what): say("  " + what.joined(separator: "\n  "))
        case nil: break
        }
    }

    private func say(_ text: String) {
        if !isQuiet { Terminal.print(text) }
    }
}
