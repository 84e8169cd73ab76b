/// Where Delivery keeps its things and how much it does at once.
public struct DeliverySettings: Sendable {
    /// The data directory.
    public var dataDirectory: String
    /// `127.0.0.1:5000`: where images without a registry in their name are pushed.
    public var registry: String
    /// `https://slipway.example.com`: how people reach the server.
    public var publicURL: String
    /// `http://127.0.0.1:8080`: how scripts on this machine do.
    public var scriptURL: String
    /// Whether test steps without an image may run on this machine.
    public var allowsHostSteps: Bool
    /// Builds at a time.
    public var buildSlots: Int
    /// Seconds between two looks at a git URL.
    public var pollInterval: Int
    /// Seconds that a git remote may take in all; the first fetch of a large repository takes its time.
    public var gitTimeout: Int
    /// Path of the Docker Engine's socket that tests and image builds use.
    public var buildSocket: String
    /// Seconds that a step waits for an engine, a registry or a disk that is away.
    public var patience: Int
    /// Tells this installation's containers from another's on the same engine.
    public var instance: String
    /// Path of `slipway-agent`, which runs the steps of the tests in their container; the engine sees it too.
    public var agent: String

    public init(
        dataDirectory: String, registry: String, publicURL: String, scriptURL: String? = nil,
        allowsHostSteps: Bool = false, buildSlots: Int = 2, pollInterval: Int = 5, gitTimeout: Int = 300,
        buildSocket: String = "/var/run/docker.sock",
        instance: String = "slipway", patience: Int = 600, agent: String
    ) {
        self.dataDirectory = dataDirectory
        self.registry = registry
        self.publicURL = publicURL
        self.scriptURL = scriptURL ?? publicURL
        self.allowsHostSteps = allowsHostSteps
        self.buildSlots = buildSlots
        self.pollInterval = pollInterval
        self.gitTimeout = gitTimeout
        self.buildSocket = buildSocket
        self.instance = instance
        self.agent = agent
        self.patience = patience
    }

    var checkouts: String { "\(dataDirectory)/checkouts" }
    var gitFolder: String { "\(dataDirectory)/git" }
    var logs: String { "\(dataDirectory)/logs" }
    /// Folder with the links `rancher`, `rancher-compose` and `slipway`.
    var bin: String { "\(dataDirectory)/bin" }
}
