/// The secrets, with their values, that a step, a script or a container is given. Can't be encoded, and prints as names:
/// what ends in a log or a message by mistake tells nothing.
public struct GivenSecrets: Sendable {
    /// One secret, opened.
    public struct Opened: Sendable {
        public var kind: Secret.Kind
        public var version: String
        public var value: String

        public init(kind: Secret.Kind, version: String, value: String) {
            self.kind = kind
            self.version = version
            self.value = value
        }
    }

    /// By name.
    public var opened: [String: Opened]

    /// None, unless they are given.
    public init(_ opened: [String: Opened] = [:]) {
        self.opened = opened
    }

    /// Those that are environment variables.
    public var variables: [String: String] { opened.filter { $0.value.kind == .variable }.mapValues(\.value) }

    /// Those that are files, by name.
    public var files: [String: String] { opened.filter { $0.value.kind == .file }.mapValues(\.value) }

    /// What must not be seen in a log.
    public var values: [String] { opened.sorted { $0.key < $1.key }.map(\.value.value) }
}

extension GivenSecrets: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "secrets: \(opened.keys.sorted().joined(separator: ", "))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension GivenSecrets.Opened: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "****" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
