import Engines
import Stacks

/// How one container really is, which the server can only find out by probing.
struct Vital: Sendable {
    var id: String
    var name: String
    var key: ServiceKey
    var generation: Int64
    var slot: Int
    /// Nil: the container that the unit is named after.
    var sidekick: String?
    var image: String
    var state: ObservedContainer.State
    var address: String?
    /// In all networks.
    var addresses: [String]
    /// Of this run.
    var startedAt: Int
    /// When this run first answers; nil never.
    var readyAt: Int?
    /// When it answers no more, and from when on it does again.
    var sickFrom: Int?
    var sickUntil: Int?
    /// When it exits by itself.
    var exitsAt: Int?
    /// Whether a fault hit it in its life, so that it may fail requests.
    var isBlemished: Bool
    /// Whether a start of it took effect when nobody expected it any more: it may run beside its successor.
    var isRevenant: Bool

    var version: Int { Scenario.Service.version(of: image) }

    var isRunning: Bool { state == .running || state == .restarting }

    /// Whether it would answer a request.
    func answers(at time: Int) -> Bool {
        guard state == .running, let readyAt, time >= readyAt else { return false }
        if let exitsAt, time >= exitsAt { return false }
        guard let sickFrom, time >= sickFrom else { return true }
        return sickUntil.map { time >= $0 } ?? false
    }

    /// Times at which the answer changes.
    var turningPoints: [Int] { [readyAt, sickFrom, sickUntil, exitsAt].compactMap(\.self) }
}
