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
    public var domainName: String?
    public var healthcheck: Healthcheck?
    public var macAddress: String?
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
        case domainName = "Domainname"
        case healthcheck = "Healthcheck"
        case macAddress = "MacAddress"
        case host = "HostConfig"
        case networking = "NetworkingConfig"
    }

    /// What is run in the container to see whether it is fit. Times in nanoseconds; nil means the image's or the
    /// engine's own.
    public struct Healthcheck: Hashable, Sendable, Encodable {
        /// Begins with `CMD`, `CMD-SHELL` or `NONE`; empty means the image's.
        public var test: [String]
        public var interval: Int64?
        public var timeout: Int64?
        public var startPeriod: Int64?
        public var retries: Int?

        public init(test: [String]) { self.test = test }

        private enum CodingKeys: String, CodingKey {
            case test = "Test"
            case interval = "Interval"
            case timeout = "Timeout"
            case startPeriod = "StartPeriod"
            case retries = "Retries"
        }
    }

    /// The engine's sets are objects with empty objects in them.
    public struct Empty: Sendable, Encodable {
        public init() {}
    }
}

extension CreateContainer {
    /// What depends on the host.
    public struct Host: Sendable, Encodable {
        /// `source:target[:ro,z]`.
        public var binds: [String] = []
        /// Names of containers, `name` or `name:ro`.
        public var volumesFrom: [String] = []
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
        public var dnsSearch: [String] = []
        public var dnsOptions: [String] = []
        /// `host`, or the container's own where nil; the same of the next four.
        public var pidMode: String?
        public var ipcMode: String?
        public var utsMode: String?
        public var usernsMode: String?
        public var cgroupnsMode: String?
        public var cgroupParent: String?
        public var runtime: String?
        public var securityOptions: [String] = []
        public var groups: [String] = []
        public var sysctls: [String: String] = [:]
        public var devices: [Device] = []
        public var deviceRules: [String] = []
        /// Bytes.
        public var memoryReservation: Int64?
        /// Bytes; -1 for no limit.
        public var memoryAndSwap: Int64?
        public var swappiness: Int?
        /// Microseconds, as the next.
        public var cpuPeriod: Int64?
        public var cpuQuota: Int64?
        public var nanoCPUs: Int64?
        public var cpuSet: String?
        public var processes: Int64?
        /// Bytes.
        public var sharedMemory: Int64?
        public var isOutOfMemoryKillDisabled: Bool?
        public var outOfMemoryScore: Int?
        public var ulimits: [Ulimit] = []
        /// Options by path.
        public var memoryMounts: [String: String] = [:]
        public var logging: Logging?
        /// Of anonymous volumes.
        public var volumeDriver: String?
        public var storageOptions: [String: String]?
        /// The engine removes it when it ends.
        public var removesItself: Bool?

        public init() {}

        private enum CodingKeys: String, CodingKey {
            case removesItself = "AutoRemove"
            case binds = "Binds"
            case volumesFrom = "VolumesFrom"
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
            case dnsSearch = "DnsSearch"
            case dnsOptions = "DnsOptions"
            case pidMode = "PidMode"
            case ipcMode = "IpcMode"
            case utsMode = "UTSMode"
            case usernsMode = "UsernsMode"
            case cgroupnsMode = "CgroupnsMode"
            case cgroupParent = "CgroupParent"
            case runtime = "Runtime"
            case securityOptions = "SecurityOpt"
            case groups = "GroupAdd"
            case sysctls = "Sysctls"
            case devices = "Devices"
            case deviceRules = "DeviceCgroupRules"
            case memoryReservation = "MemoryReservation"
            case memoryAndSwap = "MemorySwap"
            case swappiness = "MemorySwappiness"
            case cpuPeriod = "CpuPeriod"
            case cpuQuota = "CpuQuota"
            case nanoCPUs = "NanoCpus"
            case cpuSet = "CpusetCpus"
            case processes = "PidsLimit"
            case sharedMemory = "ShmSize"
            case isOutOfMemoryKillDisabled = "OomKillDisable"
            case outOfMemoryScore = "OomScoreAdj"
            case ulimits = "Ulimits"
            case memoryMounts = "Tmpfs"
            case logging = "LogConfig"
            case volumeDriver = "VolumeDriver"
            case storageOptions = "StorageOpt"
        }
    }

    /// A device of the host.
    public struct Device: Hashable, Sendable, Encodable {
        public var path: String
        public var pathInContainer: String
        /// `rwm`: read, write, make.
        public var permissions: String

        public init(path: String, pathInContainer: String, permissions: String) {
            self.path = path
            self.pathInContainer = pathInContainer
            self.permissions = permissions
        }

        private enum CodingKeys: String, CodingKey {
            case path = "PathOnHost"
            case pathInContainer = "PathInContainer"
            case permissions = "CgroupPermissions"
        }
    }

    /// A limit of each process.
    public struct Ulimit: Hashable, Sendable, Encodable {
        public var name: String
        public var soft: Int64
        public var hard: Int64

        public init(name: String, soft: Int64, hard: Int64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case soft = "Soft"
            case hard = "Hard"
        }
    }

    /// Where its output goes.
    public struct Logging: Hashable, Sendable, Encodable {
        /// Empty means the engine's.
        public var driver: String
        public var options: [String: String]

        public init(driver: String, options: [String: String]) {
            self.driver = driver
            self.options = options
        }

        private enum CodingKeys: String, CodingKey {
            case driver = "Type"
            case options = "Config"
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
        /// `no`, `always`, `unless-stopped`, `on-failure`.
        public var name: String
        /// Nil means without end.
        public var mostRetries: Int?

        public init(name: String, mostRetries: Int? = nil) {
            self.name = name
            self.mostRetries = mostRetries
        }

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case mostRetries = "MaximumRetryCount"
        }
    }

    /// How it stands in its network.
    public struct Networking: Sendable, Encodable {
        public var endpoints: [String: Endpoint]

        public init(endpoints: [String: Endpoint]) { self.endpoints = endpoints }

        private enum CodingKeys: String, CodingKey { case endpoints = "EndpointsConfig" }
    }

    public struct Endpoint: Sendable, Encodable {
        public var aliases: [String]
        /// `name:alias`; names needn't be there yet.
        public var links: [String]
        /// Nil: whichever is free.
        public var addressing: Addressing?

        public init(aliases: [String], links: [String] = [], address: String? = nil) {
            self.aliases = aliases
            self.links = links
            addressing = address.map { Addressing(ipv4: $0) }
        }

        private enum CodingKeys: String, CodingKey {
            case aliases = "Aliases"
            case links = "Links"
            case addressing = "IPAMConfig"
        }
    }

    /// A container's own address in a network.
    public struct Addressing: Sendable, Encodable {
        public var ipv4: String

        private enum CodingKeys: String, CodingKey { case ipv4 = "IPv4Address" }
    }
}
