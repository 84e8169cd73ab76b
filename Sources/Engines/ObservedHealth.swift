public import struct Foundation.Date

/// What the engine's own checks of a container came to.
public struct ObservedHealth: Hashable, Sendable, Codable {
    public enum Status: String, Sendable, Codable, CaseIterable { case starting, healthy, unhealthy }

    public var status: Status
    /// How often the check failed in a row.
    public var failures: Int
    /// When the last check ended; nil before there was one, as in the next two.
    public var at: Date?
    public var exitStatus: Int?
    /// What the last check wrote.
    public var output: String?

    public init(
        status: Status, failures: Int = 0, at: Date? = nil, exitStatus: Int? = nil, output: String? = nil
    ) {
        self.status = status
        self.failures = failures
        self.at = at
        self.exitStatus = exitStatus
        self.output = output
    }
}
