import ArgumentParser
import Client
import Model
import Stacks

/// `slipway wait`: until services are as they shall be.
struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until services have settled: all of their containers serve.",
        discussion: """
            Ends with 0 when all are active, with 1 or 3 when a rollout failed, with 4 when the time is over.

            Examples:
              slipway wait shop/orders
              slipway wait shop --timeout 120
            """)

    @OptionGroup var services: ServicesOption
    @Option(name: [.long, .customLong("wait-timeout")], help: "Seconds.") var timeout = 600

    func run() async throws {
        let client = try services.server.connect()
        let end = ContinuousClock.now + .seconds(timeout)
        while true {
            let found = try await services.find(client)
            let waiting = found.filter { !Self.isSettled($0.view) }
            guard let first = waiting.first else {
                if services.json { return try printJSON(found.map(\.view)) }
                return Terminal.print(found.map { "\($0.name) is \($0.view.state.rawValue)" }.joined(separator: "\n"))
            }
            for service in waiting {
                guard let rollout = service.view.rollout, let failure = RolloutFollower.failure(of: rollout),
                    rollout.state != .rolledBack || service.view.state != .degraded
                else { continue }
                throw failure
            }
            guard ContinuousClock.now < end else {
                throw Failure(
                    .timedOut, "\(first.name) is still \(first.view.state.rawValue) after \(timeout) s")
            }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    /// Whether nothing is under way and as many containers serve as there should be.
    static func isSettled(_ view: ServiceView) -> Bool {
        switch view.state {
        case .active, .startedOnce: true
        case .stopped: view.spec.scale == 0 || view.spec.lifecycle?.startOnCreate == false
        case .upgrading, .rollingBack, .degraded, .down, .unknown: false
        }
    }
}
