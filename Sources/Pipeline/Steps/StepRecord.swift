public import Model

/// A step as it is recorded before anything runs: what to show and how to make it happen.
public struct StepRecord: Hashable, Sendable, Codable {
    /// What the page calls it.
    public var name: String
    /// What runs, for people.
    public var command: String
    /// What the owner does for it; only the owner understands it.
    public var action: String
    public var condition: Step.Condition
    /// A background step doesn't hold up the next ones and ends with the last of them.
    public var background: Bool

    public init(
        name: String, command: String, action: String, condition: Step.Condition = .onSuccess, background: Bool = false
    ) {
        self.name = name
        self.command = command
        self.action = action
        self.condition = condition
        self.background = background
    }
}
