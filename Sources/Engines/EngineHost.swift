/// A machine that an engine runs containers on.
public struct EngineHost: Hashable, Sendable, Codable, Identifiable {
    public var id: String
    /// What ``ContainerPlan/host`` and ``ObservedContainer/host`` name; unique in its engine.
    public var name: String
    public var labels: [String: String]
    /// `x86_64`.
    public var architecture: String?
    /// Whether it takes containers now.
    public var isUp: Bool

    public init(
        id: String, name: String, labels: [String: String] = [:], architecture: String? = nil, isUp: Bool = true
    ) {
        self.id = id
        self.name = name
        self.labels = labels
        self.architecture = architecture
        self.isUp = isUp
    }
}
