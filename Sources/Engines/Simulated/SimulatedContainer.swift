public import Foundation

/// What a simulated container does once it is started.
public enum SimulatedBehaviour: Hashable, Sendable {
    /// Runs until it is stopped.
    case runs
    /// The engine refuses to start it, with this message.
    case failsToStart(String)
    /// Exits by itself so many seconds after its start; 0 means before anyone can look.
    case exits(status: Int, after: TimeInterval)
}

/// One call that a simulated engine got.
public struct SimulatedCall: Hashable, Sendable, CustomStringConvertible {
    public enum Verb: String, Sendable, CaseIterable {
        case info, containers, create, start, stop, kill, remove, pull, image, ensureNetwork, removeNetwork, logs
        case ensureVolume, removeImage, events, write, hosts, volume, attach, makeImage

        /// Whether the call changes something.
        public var isWrite: Bool {
            switch self {
            case .create, .start, .stop, .kill, .remove, .pull, .ensureNetwork, .removeNetwork, .ensureVolume,
                .removeImage, .write, .attach, .makeImage:
                true
            case .info, .containers, .image, .logs, .events, .hosts, .volume: false
            }
        }
    }

    public var verb: Verb
    /// Name of the container (its id where there is none), the image or the network; empty where nothing is named.
    public var subject: String

    public init(_ verb: Verb, _ subject: String = "") {
        self.verb = verb
        self.subject = subject
    }

    public var description: String { subject.isEmpty ? verb.rawValue : "\(verb.rawValue) \(subject)" }
}

/// A container in a simulated engine.
struct SimulatedContainer: Sendable {
    let plan: ContainerPlan
    var observed: ObservedContainer
    var behaviour: SimulatedBehaviour
    var output: [UInt8] = []
    /// By path.
    var files: [String: ContainerFile] = [:]
    /// Further networks that it is in.
    var attachments: Set<String> = []
    /// Whether it can't be started any more.
    var isLost = false
    var followers: [AsyncThrowingStream<[UInt8], any Error>.Continuation] = []

    var isRunning: Bool { observed.state == .running || observed.state == .restarting }

    /// - Parameter address: Makes a free address.
    mutating func start(at now: Date, address: () -> String) {
        observed.state = .running
        let own = address()
        observed.address = plan.network == "none" || plan.network == "host" ? nil : plan.address ?? own
        observed.addresses = observed.address.map { [plan.network: $0] } ?? [:]
        for network in attachments.sorted() { observed.addresses[network] = address() }
        observed.startedAt = now
        observed.exitStatus = nil
        observed.health = plan.probe == nil ? nil : ObservedHealth(status: .starting)
    }

    mutating func restart(at now: Date, status: Int, address: () -> String) {
        start(at: now, address: address)
        observed.restarts += 1
        observed.exitStatus = status
    }

    mutating func end(status: Int) {
        observed.state = .exited
        observed.address = nil
        observed.addresses = [:]
        observed.exitStatus = status
        for follower in followers { follower.finish() }
        followers = []
    }

    /// How often the restart policy starts it again when it ended with that status.
    private func mostRestarts(after status: Int) -> Int {
        let policy = plan.restart.split(separator: ":")
        switch policy.first {
        case "no": return 0
        case "on-failure": return status == 0 ? 0 : policy.count > 1 ? Int(policy[1]) ?? .max : .max
        default: return .max
        }
    }

    /// Does what its own behaviour and the restart policy did up to `now`; true when something happened.
    mutating func advance(to now: Date) -> Bool {
        guard case .exits(let status, let delay) = behaviour, isRunning, let started = observed.startedAt else {
            return false
        }
        let lives = Int(min(now.timeIntervalSince(started) / max(delay, 0.001), 1_000_000))
        guard delay <= 0 || lives >= 1 else { return false }
        guard observed.restarts + max(lives, 1) <= mostRestarts(after: status) else {
            end(status: status)
            return true
        }
        observed.restarts += max(lives, 1)
        observed.exitStatus = status
        if delay > 0 {
            observed.startedAt = started.addingTimeInterval(delay * Double(lives))
        } else {
            observed.state = .restarting
            observed.startedAt = now
        }
        return true
    }
}
