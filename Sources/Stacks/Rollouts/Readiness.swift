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

    /// The readiness of a unit: that of its container that is worst off.
    ///
    /// - Parameters:
    ///   - spec: what it shall be; nil where nothing is to be probed.
    ///   - settle: Milliseconds that a container without a health check must run.
    ///   - steady: Milliseconds that one must run after `restartLimit` restarts; nil: as long as `settle`.
    init(of member: RolloutObservation.Member, spec: ServiceSpec?, settle: Int, steady: Int? = nil, now: Date) {
        var result = Readiness.ready
        for part in member.containers where !part.isDone {
            let its = Readiness(
                of: part, spec: part.sidekick == nil ? spec : spec?.part(part.sidekick),
                wasAdmitted: member.isAdmitted, settle: settle, steady: steady ?? settle, now: now)
            switch (result, its) {
            case (_, .failed), (.ready, _): result = its
            default: break
            }
            if case .failed = result { break }
        }
        if !member.isWhole, case .ready = result {
            result = .starting("\(member.name) lacks a sidekick", until: nil)
        }
        self = result
    }

    private init(
        of part: RolloutObservation.Member.Part, spec: ServiceSpec?, wasAdmitted: Bool, settle: Int, steady: Int,
        now: Date
    ) {
        let (name, check, runsOnce) = (part.name, spec?.gate, spec?.runsOnce == true)
        let age = part.startedAt.map { now.timeIntervalSince($0) } ?? 0
        let status = part.exitStatus.map { " with status \($0)" } ?? ""
        switch part.state {
        case .exited where runsOnce && part.exitStatus == 0:
            self = .ready
        case .running where runsOnce && part.sidekick != nil:
            // Nobody waits for a sidekick's end.
            self = .ready
        case .restarting where runsOnce, .running where runsOnce:
            self = .starting("\(name) runs to its end", until: nil)
        case .exited, .dead:
            self = .failed("\(name) exited\(status)")
        case .created:
            self = .starting("\(name) is to be started", until: nil)
        case .removing, .paused:
            self = .starting("\(name) is \(part.state.rawValue)", until: nil)
        case .restarting, .running:
            let stable = part.state == .running && age * 1000 >= Double(settle)
            let isSteady = part.state == .running && age * 1000 >= Double(max(settle, steady))
            if part.restarts >= Self.restartLimit, !isSteady {
                self = .failed("\(name) was restarted \(part.restarts) times and exits again and again")
            } else if part.state == .restarting {
                self = .starting("\(name) exited\(status) and is being restarted", until: nil)
            } else if let check {
                self = Self.probed(part, check, now)
            } else if stable || wasAdmitted {
                // One that served before it was looked at needn't prove itself again.
                self = .ready
            } else {
                let until = (part.startedAt ?? now).addingTimeInterval(Double(settle) / 1000)
                self = .starting("\(name) must run for \(settle / 1000) s", until: until)
            }
        }
    }

    private static func probed(
        _ part: RolloutObservation.Member.Part, _ check: HealthCheck, _ now: Date
    ) -> Readiness {
        guard let health = part.health else { return .starting("\(part.name) was not probed yet", until: nil) }
        let last = health.last.map { ": \($0.text)" } ?? ""
        switch health.verdict {
        case .healthy: return .ready
        case .unhealthy: return .failed("\(part.name) became unhealthy\(last)")
        case .initializing:
            let until = health.since.addingTimeInterval(Double(check.initializingTimeout) / 1000)
            guard now < until else {
                return .failed("\(part.name) was not healthy after \(check.initializingTimeout / 1000) s\(last)")
            }
            return .starting("\(part.name) is not healthy yet\(last)", until: until)
        }
    }
}
