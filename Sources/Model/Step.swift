public import struct Foundation.Date

/// One command of a build or a deploy, run by a supervisor, with a log of its own.
public struct Step: Hashable, Sendable, Codable, Identifiable {
    /// What a step belongs to.
    public enum Owner: Hashable, Sendable {
        case build(Int64)
        case deploy(Int64)
    }

    public enum State: String, Sendable, Codable, CaseIterable {
        case waiting, running, succeeded, failed, skipped, cancelled, lost
        case timedOut = "timed-out"

        public var isFinal: Bool { self != .waiting && self != .running }
    }

    /// When a step runs, as CircleCI's `when` says.
    public enum Condition: String, Sendable, Codable, CaseIterable {
        case onSuccess = "on_success"
        case always
        case onFail = "on_fail"
    }

    public var id: Int64
    public var owner: Owner
    /// 0-based, in order.
    public var index: Int
    /// What the page calls it; the command where nothing better is known.
    public var name: String
    /// What runs, as text for people.
    public var command: String
    public var condition: Condition
    public var state: State
    public var exitStatus: Int32?
    /// Why it ended as it did ("no output for 300 s").
    public var reason: String?
    public var startedAt: Date?
    public var endedAt: Date?

    public init(
        id: Int64, owner: Owner, index: Int, name: String, command: String, condition: Condition = .onSuccess,
        state: State = .waiting, exitStatus: Int32? = nil, reason: String? = nil, startedAt: Date? = nil,
        endedAt: Date? = nil
    ) {
        self.id = id
        self.owner = owner
        self.index = index
        self.name = name
        self.command = command
        self.condition = condition
        self.state = state
        self.exitStatus = exitStatus
        self.reason = reason
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}
