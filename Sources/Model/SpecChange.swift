/// One thing in which what shall run differs from what runs. Values of variables and secrets never stand in it.
public struct SpecChange: Hashable, Sendable, Codable {
    public enum Subject: String, Sendable, Codable, CaseIterable {
        case image
        /// The digest that a tag means.
        case digest
        case scale
        /// A variable, a secret among them.
        case environment
        /// Any other key of the files.
        case configuration
    }

    public enum Kind: String, Sendable, Codable, CaseIterable { case added, changed, removed }

    public var subject: Subject
    public var kind: Kind
    /// Of the variable, or of the key as the files spell it: `health_check.port`; nil where the subject has one alone.
    public var name: String?
    /// Nil where there was nothing, and for variables.
    public var before: String?
    /// Nil where there will be nothing, and for variables.
    public var after: String?

    public init(
        _ subject: Subject, _ kind: Kind, name: String? = nil, before: String? = nil, after: String? = nil
    ) {
        self.subject = subject
        self.kind = kind
        self.name = name
        self.before = before
        self.after = after
    }

    /// What differs: `environment DEBUG`, `configuration ports`, `image`.
    public var title: String { name.map { "\(subject.rawValue) \($0)" } ?? subject.rawValue }
}
