import DockerAPI
import HTTPTransport
import Model
import Synchronization

/// What the last inspections of an engine's containers said, for as long as it holds.
///
/// A rollout looks many times a second, at every container of its service; an engine has the list at hand, while it takes
/// most of a millisecond to show one container. What was seen of one holds until the engine tells of an event of it, its
/// entry in the list changes, something of ours acts on it, or half a minute is over. Without a stream of events nothing
/// holds.
struct KnownContainers: Sendable {
    /// Should an event get lost, nothing is believed for longer.
    private static let lifetime = Duration.seconds(30)

    private struct Known {
        var summary: ContainerSummary
        var container: ObservedContainer
        var at: ContinuousClock.Instant
    }

    private var known: [String: Known] = [:]
    /// Streams of events that are open.
    private var streams = 0
    /// Changes so far, and which of them was each container's last. All before `floor` are forgotten.
    private var changes = 0
    private var lastChange: [String: Int] = [:]
    private var floor = 0
    /// Containers whose start the engine never answered.
    private var cutStarts: Set<String> = []

    /// What to hand in with what is seen from now on.
    var ticket: Int { changes }

    /// A stream of events is open.
    mutating func beginStream() {
        streams += 1
        forgetAll()
    }

    /// A stream of events is over.
    mutating func endStream() {
        streams -= 1
        forgetAll()
    }

    /// The container has changed, or may have.
    mutating func forget(_ id: String) {
        known[id] = nil
        changes += 1
        lastChange[id] = changes
        if lastChange.count > 10_000 { forgetAll() }
    }

    private mutating func forgetAll() {
        changes += 1
        floor = changes
        (known, lastChange) = ([:], [:])
    }

    /// Keeps what an inspection said, unless the container has changed since the ticket was drawn, which is before the
    /// list was asked for.
    mutating func keep(
        _ container: ObservedContainer, _ summary: ContainerSummary, ticket: Int, now: ContinuousClock.Instant = .now
    ) {
        // What the engine checks in it has news with every check.
        guard streams > 0, container.health == nil, container.state == .running || container.state == .exited,
            summary.state == container.state.rawValue, ticket >= max(floor, lastChange[container.id] ?? 0)
        else { return }
        known[container.id] = Known(summary: summary, container: container, at: now)
    }

    /// The engine went away while it started the container.
    mutating func startWasCut(_ id: String) { cutStarts.insert(id) }

    /// The container runs, or will never.
    mutating func startEnded(_ id: String) { cutStarts.remove(id) }

    func wasCut(_ id: String) -> Bool { cutStarts.contains(id) }

    /// The container as it was seen last; nil where that may hold no more.
    func container(_ summary: ContainerSummary, now: ContinuousClock.Instant = .now) -> ObservedContainer? {
        guard let seen = known[summary.id], seen.summary == summary, now - seen.at < Self.lifetime else { return nil }
        return seen.container
    }
}

extension KnownContainers {
    private static let engines = Mutex<[HTTPEndpoint: KnownContainers]>([:])

    /// Reads or changes what is known of the engine at that address: every `DockerEngine` of it shares that.
    static func of<R: Sendable>(_ endpoint: HTTPEndpoint, _ body: (inout KnownContainers) -> R) -> R {
        engines.withLock { body(&$0[endpoint, default: KnownContainers()]) }
    }
}
