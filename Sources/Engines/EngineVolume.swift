/// A named volume as it is asked for.
public struct EngineVolume: Hashable, Sendable {
    public var name: String
    /// Nil means the engine's own.
    public var driver: String?
    public var options: [String: String]
    public var labels: [String: String]

    public init(
        name: String, driver: String? = nil, options: [String: String] = [:], labels: [String: String] = [:]
    ) {
        self.name = name
        self.driver = driver
        self.options = options
        self.labels = labels
    }
}
