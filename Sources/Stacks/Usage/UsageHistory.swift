public import Engines
public import Foundation

/// How busy a container was between two looks, and what it had at the second.
public struct UsageSample: Hashable, Sendable, Codable {
    public var at: Date
    /// Processors that it kept busy, 0.5 for half of one.
    public var processors: Double
    /// Bytes.
    public var memory: Int64

    public init(at: Date, processors: Double, memory: Int64) {
        self.at = at
        self.processors = processors
        self.memory = memory
    }
}

/// What a container used in the last hour, oldest first.
public struct UsageHistory: Hashable, Sendable, Codable {
    static let span: TimeInterval = 3600
    /// An hour of looks, ten seconds apart.
    static let most = 360

    public private(set) var samples: [UsageSample] = []
    /// Bytes that it may have.
    public private(set) var memoryLimit: Int64?
    private var last: ContainerUsage?

    private enum CodingKeys: String, CodingKey { case samples, memoryLimit }

    public init(samples: [UsageSample] = [], memoryLimit: Int64? = nil) {
        self.samples = samples
        self.memoryLimit = memoryLimit
    }

    /// Adds a look. The first of a run of the container only begins: it takes two to tell how busy it is.
    public mutating func add(_ usage: ContainerUsage) {
        defer { last = usage }
        memoryLimit = usage.memoryLimit
        guard let last, usage.at > last.at, usage.processorTime >= last.processorTime else { return }
        let time = usage.at.timeIntervalSince(last.at)
        samples.append(
            UsageSample(
                at: usage.at, processors: (usage.processorTime - last.processorTime) / time, memory: usage.memory))
        let start = usage.at.addingTimeInterval(-Self.span)
        samples.removeAll { $0.at < start }
        if samples.count > Self.most { samples.removeFirst(samples.count - Self.most) }
    }
}
