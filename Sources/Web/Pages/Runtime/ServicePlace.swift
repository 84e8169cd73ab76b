import Access
import Engines
import Model
import Stacks

/// Where a service is, for links and rights.
struct ServicePlace: Sendable, Hashable {
    var environment: Model.Environment
    var stack: String
    var service: String

    var stackPath: String { "/environments/\(environment.name)/stacks/\(stack)" }
    var path: String { "\(stackPath)/services/\(service)" }
    var resource: Resource { .environment(environment.id) }
    var key: ServiceKey { ServiceKey(environmentID: environment.id, stack: stack, service: service) }
}

extension ServiceView {
    /// Containers that are not parked.
    var current: [ContainerView] { containers.filter { !$0.parked } }
    /// How many units serve: sidekicks are of one.
    var serving: Int { current.filter { $0.sidekick == nil && $0.serving }.count }

    /// The state as a badge.
    var badge: Badge {
        switch state {
        case .active: Badge(.good, Icon.check, "Active")
        case .upgrading: Badge(.busy, Icon.spinner, "Upgrading")
        case .rollingBack: Badge(.warn, Icon.spinner, "Rolling back")
        case .degraded: Badge(.warn, Icon.alert, "Degraded")
        case .down: Badge(.bad, Icon.cross, "Down")
        case .stopped: Badge(.quiet, Icon.minus, "Stopped")
        case .startedOnce: Badge(.good, Icon.check, "Ran once")
        case .unknown: Badge(.bad, Icon.alert, "No answer")
        }
    }

    /// Whether what runs is what was tested; nothing where no digest was recorded for any of it.
    var proof: Badge? {
        let verdicts = current.compactMap(\.matches)
        guard !verdicts.isEmpty else { return nil }
        return verdicts.allSatisfy { $0 }
            ? Badge(.good, Icon.check, "running what was tested")
            : Badge(.bad, Icon.alert, "differs from what was tested")
    }

    /// One dot for each container that isn't parked.
    var dots: HTML { Self.dots(current) }

    /// One dot a container, in the colour of its state; what they say in words stands beside them.
    static func dots(_ containers: [ContainerView]) -> HTML {
        let dots = containers.map { container -> HTML in
            "<i class=\"dot \(container.badge.tone.rawValue)\" title=\"\(container.name): \(container.badge.word)\"></i>"
        }
        return "<span class=\"dots\" aria-hidden=\"true\">\(dots)</span>"
    }
}

extension ContainerView {
    /// State and health as one badge.
    var badge: Badge {
        if parked { return Badge(.quiet, Icon.minus, "parked") }
        if health == "ran once" { return Badge(.good, Icon.check, health) }
        guard state == .running else { return Badge(.bad, Icon.cross, health) }
        switch health {
        case "draining": return Badge(.busy, Icon.spinner, "draining")
        case "starting", "not probed yet": return Badge(.busy, Icon.spinner, "starting")
        case "healthy", "running": return Badge(.good, Icon.check, health)
        default: return Badge(.bad, Icon.cross, health)
        }
    }
}
