/// A place to run things: one engine connection and its names.
public struct Environment: Hashable, Sendable, Codable, Identifiable {
    public var id: Int64
    /// `production`; is `ENVIRONMENT` in scripts.
    public var name: String
    /// Other names by which `--environment` finds it.
    public var aliases: [String]
    /// Path of the Docker Engine's socket.
    public var socket: String
    /// Whether deploy scripts may use the engine's socket, by which they could do anything on its machine.
    public var scriptsUseEngine: Bool

    public init(
        id: Int64, name: String, aliases: [String] = [], socket: String, scriptsUseEngine: Bool = false
    ) {
        self.id = id
        self.name = name
        self.aliases = aliases
        self.socket = socket
        self.scriptsUseEngine = scriptsUseEngine
    }
}

/// An app in an environment: the page with the commits and the Deploy buttons.
public struct Target: Hashable, Sendable, Codable, Identifiable {
    public var id: Int64
    public var app: App
    public var environment: Environment

    public init(id: Int64, app: App, environment: Environment) {
        self.id = id
        self.app = app
        self.environment = environment
    }

    /// `orders/production`.
    public var slug: String { "\(app.name)/\(environment.name)" }
}
