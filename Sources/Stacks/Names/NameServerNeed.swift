import Engines
import Model

/// Whether an environment needs a name server.
enum NameServerNeed: Hashable {
    /// One service may call another.
    case wanted
    /// Nobody calls anybody, but what is there may stay.
    case idle
    /// Nothing is left that could call.
    case unwanted

    /// - Parameters:
    ///   - services: What services are and are about to be.
    ///   - isThere: Whether containers ask one already, which therefore stays as long as there are any.
    init(of services: [ServiceSpec], isThere: Bool) {
        if services.isEmpty {
            self = .unwanted
        } else {
            self = isThere || services.count { $0.kind == .containers } > 1 ? .wanted : .idle
        }
    }
}

/// The name server's containers as they are seen.
struct NameServerSight: Hashable {
    /// Address of the one that runs, as it shall; nil where none does.
    var running: String?
    /// Those that must go before another can come: of other versions, or beyond help.
    var outdated: [ObservedContainer]

    init(_ found: [ObservedContainer], image: String, network: String) {
        running = found.first { $0.state == .running && $0.image == image }?.addresses[network]
        outdated = running == nil ? found.filter { $0.image != image || $0.state == .dead } : []
    }
}
