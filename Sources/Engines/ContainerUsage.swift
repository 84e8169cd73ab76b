public import struct Foundation.Date

/// What a container has used of its machine up to a moment.
public struct ContainerUsage: Hashable, Sendable, Codable {
    public var at: Date
    /// Seconds of all processors since it started: two looks tell how busy it was between them.
    public var processorTime: Double
    /// Bytes.
    public var memory: Int64
    /// Bytes it may have; the machine's own where it was given no limit.
    public var memoryLimit: Int64?

    public init(at: Date, processorTime: Double, memory: Int64, memoryLimit: Int64? = nil) {
        self.at = at
        self.processorTime = processorTime
        self.memory = memory
        self.memoryLimit = memoryLimit
    }
}

extension Engine {
    /// An engine that measures nothing.
    public func usage(of id: String) async throws -> ContainerUsage? { nil }
}
