public import struct Foundation.Date

/// A command that somebody runs in a container.
public struct TerminalView: Sendable, Codable, Hashable, Identifiable {
    /// Not to be guessed.
    public var id: String
    public var environment: String
    /// Name of the container.
    public var container: String
    public var command: [String]
    public var tty: Bool
    public var startedAt: Date
    public var endedAt: Date?
    /// Of the command, where it ended by itself.
    public var exitStatus: Int?
    /// Why it was ended.
    public var reason: String?

    public init(
        id: String, environment: String, container: String, command: [String], tty: Bool, startedAt: Date,
        endedAt: Date? = nil, exitStatus: Int? = nil, reason: String? = nil
    ) {
        self.id = id
        self.environment = environment
        self.container = container
        self.command = command
        self.tty = tty
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.exitStatus = exitStatus
        self.reason = reason
    }
}

/// How many commands may run in containers, and how long nobody may be at them.
public struct TerminalLimits: Sendable, Hashable {
    /// Of one account, token or script.
    public var perOwner = 10
    public var inAll = 60
    /// Seconds without a key; of a command without a terminal, without input and output.
    public var idle = 1800.0
    /// Seconds without anybody who reads.
    public var alone = 60.0
    /// Seconds that the end of one is remembered.
    public var remembered = 60.0

    public init() {}
}

/// What is to be done about a command in a container.
enum TerminalFate: Hashable, Sendable {
    case goOn
    case end(String)
    case forget
}

/// Decides it from what is known of it.
func fate(
    of view: TerminalView, activeAt: Date, leftAt: Date?, _ limits: TerminalLimits, now: Date
) -> TerminalFate {
    if let endedAt = view.endedAt { return now.timeIntervalSince(endedAt) > limits.remembered ? .forget : .goOn }
    guard view.reason == nil else { return .goOn }
    if now.timeIntervalSince(activeAt) > limits.idle {
        return .end("nothing was typed for \(Int(limits.idle / 60)) minutes")
    }
    if let leftAt, now.timeIntervalSince(leftAt) > limits.alone { return .end("nobody was at it any more") }
    return .goOn
}
