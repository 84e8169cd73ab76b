/// The body of `POST /containers/create`; nil leaves the image's or the engine's own value.
public struct CreateContainer: Sendable, Encodable {
    public var image: String
    public var command: [String]?
    public var entrypoint: [String]?
    /// `KEY=VALUE`.
    public var environment: [String]
    public var labels: [String: String]
    /// Paths of anonymous volumes.
    public var volumes: [String: Empty]
    /// `53/udp`.
    public var exposedPorts: [String: Empty]
    public var hostname: String?
    public var user: String?
    public var workingDirectory: String?
    public var tty: Bool
    public var openStdin: Bool
    public var stopSignal: String?
    public var host: Host
    public var networking: Networking?

    public init(
        image: String, command: [String]? = nil, entrypoint: [String]? = nil, environment: [String] = [],
        labels: [String: String] = [:], volumes: [String: Empty] = [:], exposedPorts: [String: Empty] = [:],
        hostname: String? = nil, user: String? = nil, workingDirectory: String? = nil, tty: Bool = false,
        openStdin: Bool = false, stopSignal: String? = nil, host: Host = Host(), networking: Networking? = nil
    ) {
        self.image = image
        self.command = command
        self.entrypoint = entrypoint
        self.environment = environment
        self.labels = labels
        self.volumes = volumes
        self.exposedPorts = exposedPorts
        self.hostname = hostname
        self.user = user
        self.workingDirectory = workingDirectory
        self.tty = tty
        self.openStdin = openStdin
        self.stopSignal = stopSignal
        self.host = host
        self.networking = networking
    }

    private enum CodingKeys: String, CodingKey {
        case image = "Image"
        case command = "Cmd"
        case entrypoint = "Entrypoint"
        case environment = "Env"
        case labels = "Labels"
        case volumes = "Volumes"
        case exposedPorts = "ExposedPorts"
        case hostname = "Hostname"
        case user = "User"
        case workingDirectory = "WorkingDir"
        case tty = "Tty"
        case openStdin = "OpenStdin"
        case stopSignal = "StopSignal"
        case host = "HostConfig"
        case networking = "NetworkingConfig"
    }

    /// The engine's sets are objects with empty objects in them.
    public struct Empty: Sendable, Encodable {
        public init() {}
    }
}

extension CreateContainer {
    /// What depends on the host.
    public struct Host: Sendable, Encodable {
        /// `source:target[:ro]`.
        public var binds: [String] = []
        /// By `53/udp`.
        public var portBindings: [String: [PortBinding]] = [:]
        public var networkMode: String?
        public var extraHosts: [String] = []
        public var dns: [String] = []
        public var privileged = false
        public var readOnlyRoot = false
        public var capAdd: [String] = []
        public var capDrop: [String] = []
        /// Bytes.
        public var memory: Int64?
        public var cpuShares: Int64?
        public var initProcess: Bool?
        public var restartPolicy: RestartPolicy?

        public init() {}

        private enum CodingKeys: String, CodingKey {
            case binds = "Binds"
            case portBindings = "PortBindings"
            case networkMode = "NetworkMode"
            case extraHosts = "ExtraHosts"
            case dns = "Dns"
            case privileged = "Privileged"
            case readOnlyRoot = "ReadonlyRootfs"
            case capAdd = "CapAdd"
            case capDrop = "CapDrop"
            case memory = "Memory"
            case cpuShares = "CpuShares"
            case initProcess = "Init"
            case restartPolicy = "RestartPolicy"
        }
    }

    public struct PortBinding: Hashable, Sendable, Encodable {
        /// Empty means all addresses.
        public var hostAddress: String
        /// Empty means any free port.
        public var hostPort: String

        public init(hostAddress: String, hostPort: String) {
            self.hostAddress = hostAddress
            self.hostPort = hostPort
        }

        private enum CodingKeys: String, CodingKey {
            case hostAddress = "HostIp"
            case hostPort = "HostPort"
        }
    }

    public struct RestartPolicy: Sendable, Encodable {
        /// `no`, `always`, `unless-stopped`.
        public var name: String

        public init(name: String) { self.name = name }

        private enum CodingKeys: String, CodingKey { case name = "Name" }
    }

    /// How it stands in its network.
    public struct Networking: Sendable, Encodable {
        public var endpoints: [String: Endpoint]

        public init(endpoints: [String: Endpoint]) { self.endpoints = endpoints }

        private enum CodingKeys: String, CodingKey { case endpoints = "EndpointsConfig" }
    }

    public struct Endpoint: Sendable, Encodable {
        public var aliases: [String]

        public init(aliases: [String]) { self.aliases = aliases }

        private enum CodingKeys: String, CodingKey { case aliases = "Aliases" }
    }
}
