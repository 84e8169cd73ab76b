/// The secrets of a service by name. Values are put in when a container is made, and stand nowhere before.
public struct ServiceSecrets: Hashable, Sendable, Codable {
    /// The app whose secrets are meant; nil where the service is no app's.
    public var app: String?
    /// Contexts that the app's slipway.yml lists for its deploys.
    public var contexts: [String]
    /// Environment variables whose values hold secrets.
    public var variables: [String: SecretText]
    /// Files in the containers.
    public var files: [SecretFile]
    /// Another one when a value of theirs was changed, so that an upgrade replaces the containers.
    public var version: String

    public init(
        app: String? = nil, contexts: [String] = [], variables: [String: SecretText] = [:], files: [SecretFile] = [],
        version: String = ""
    ) {
        self.app = app
        self.contexts = contexts
        self.variables = variables
        self.files = files
        self.version = version
    }

    /// The names of all secrets that are used.
    public var names: Set<String> { Set(variables.values.flatMap(\.names) + files.map(\.source)) }
}

/// Text with secrets in it by name: `postgres://app:` DB_PASSWORD `@db/orders`.
public struct SecretText: Hashable, Sendable, Codable {
    public enum Part: Hashable, Sendable {
        case text(String)
        /// The value of the secret of that name.
        case secret(String)
    }

    public var parts: [Part]

    public init(_ parts: [Part]) {
        self.parts = parts
    }

    public var names: [String] {
        parts.compactMap { if case .secret(let name) = $0 { name } else { nil } }
    }

    /// The text with its secrets. Throws `.notFound` for one that there isn't.
    public func revealed(with secrets: GivenSecrets) throws(Failure) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let own): text += own
            case .secret(let name):
                guard let secret = secrets.opened[name] else {
                    throw Failure(
                        .notFound, "There is no secret \(name) here",
                        hint: "Set it: slipway secrets set \(name), with the --app or --environment that needs it.")
                }
                text += secret.value
            }
        }
        return text
    }
}

/// A secret as a file in a container (compose-spec: `secrets` of a service).
public struct SecretFile: Hashable, Sendable, Codable {
    /// Name of the secret.
    public var source: String
    /// Absolute path in the container.
    public var target: String
    public var uid: Int
    public var gid: Int
    /// Permission bits; 0444 without others, as compose-spec has it.
    public var mode: Int

    /// Where they lie unless a target says otherwise.
    public static let folder = "/run/secrets"

    /// The absolute path of a target, which may be relative to ``folder``.
    public static func path(_ target: String) -> String { target.hasPrefix("/") ? target : "\(folder)/\(target)" }

    public init(source: String, target: String? = nil, uid: Int = 0, gid: Int = 0, mode: Int = 0o444) {
        self.source = source
        self.target = target ?? Self.path(source)
        self.uid = uid
        self.gid = gid
        self.mode = mode
    }
}
