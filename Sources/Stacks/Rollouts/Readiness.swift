import Engines
import Foundation
import Model

/// Whether a new container is fit to take requests.
enum Readiness: Hashable, Sendable {
    case ready
    /// Not yet: why, and until when it may take.
    case starting(String, until: Date?)
    /// Never: why.
    case failed(String)

    /// How often the engine may restart a container before it counts as broken.
    static let restartLimit = 3

    /// How long one that the engine restarted so often must run to be trusted, in milliseconds: what the Docker Engine
    /// itself calls a successful start (docs.docker.com, "Start containers automatically").
    static let steadyAfter = 10_000

    /// - Parameters:
    ///   - settle: Milliseconds that a container without a health check must run.
    ///   - steady: Milliseconds that one must run after `restartLimit` restarts; nil: as long as `settle`.
    ///   - runsOnce: Whether it is ready when it has run to a good end.
    init(
        of member: RolloutObservation.Member, check: HealthCheck?, settle: Int, steady: Int? = nil,
        runsOnce: Bool = false, now: Date
    ) {
        let name = member.name
        let age = member.startedAt.map { now.timeIntervalSince($0) } ?? 0
        let status = member.exitStatus.map { " with status \($0)" } ?? ""
        switch member.state {
        case .exited where runsOnce && member.exitStatus == 0:
            self = .ready
        case .restarting where runsOnce, .running where runsOnce:
            self = .starting("\(name) runs to its end", until: nil)
        case .exited, .dead:
            self = .failed("\(name) exited\(status)")
        case .created:
            self = .starting("\(name) is to be started", until: nil)
        case .removing, .paused:
            self = .starting("\(name) is \(member.state.rawValue)", until: nil)
        case .restarting, .running:
            let stable = member.state == .running && age * 1000 >= Double(settle)
            let isSteady = member.state == .running && age * 1000 >= Double(max(settle, steady ?? settle))
            if member.restarts >= Self.restartLimit, !isSteady {
                self = .failed("\(name) was restarted \(member.restarts) times and exits again and again")
            } else if member.state == .restarting {
                self = .starting("\(name) exited\(status) and is being restarted", until: nil)
            } else if let check {
                self = Self.probed(member, check, now)
            } else if stable || member.isAdmitted {
                // One that served before it was looked at needn't prove itself again.
                self = .ready
            } else {
                let until = (member.startedAt ?? now).addingTimeInterval(Double(settle) / 1000)
                self = .starting("\(name) must run for \(settle / 1000) s", until: until)
            }
        }
    }

    private static func probed(_ member: RolloutObservation.Member, _ check: HealthCheck, _ now: Date) -> Readiness {
        guard let health = member.health else { return .starting("\(member.name) was not probed yet", until: nil) }
        let last = health.last.map { ": \($0.text)" } ?? ""
        switch health.verdict {
        case .healthy: return .ready
        case .unhealthy: return .failed("\(member.name) became unhealthy\(last)")
        case .initializing:
            let until = health.since.addingTimeInterval(Double(check.initializingTimeout) / 1000)
            guard now < until else {
                return .failed("\(member.name) was not healthy after \(check.initializingTimeout / 1000) s\(last)")
            }
            return .starting("\(member.name) is not healthy yet\(last)", until: until)
        }
    }
}
