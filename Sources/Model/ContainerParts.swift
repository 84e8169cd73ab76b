/// A group of keys of a service; nil in the spec where the files name none of them, so that specs that were stored
/// before the group existed read as they did and keep their hash.
public protocol ServicePart: Hashable, Sendable, Codable {
    /// With nothing said.
    init()
}

/// Namespaces, devices and rights of a container beyond those that it has by itself.
public struct ContainerIsolation: ServicePart {
    /// `host`, `service:NAME` or `container:NAME`, as the four below.
    public var pid: String?
    /// Also `shareable`, `private`.
    public var ipc: String?
    public var uts: String?
    public var userNamespace: String?
    /// `host` or `private`.
    public var cgroup: String?
    public var cgroupParent: String?
    public var runtime: String?
    public var securityOptions: [String] = []
    /// Groups of the process beside its user's own.
    public var groups: [String] = []
    /// Kernel parameters of the container's namespaces.
    public var sysctls: [String: String] = [:]
    /// `host:container:permissions`.
    public var devices: [String] = []
    /// As a cgroup has them: `c 1:3 mr`.
    public var deviceRules: [String] = []
    /// `all`, a number, or JSON of the requests.
    public var gpus: String?

    public init() {}
}

/// What a container may use of its machine.
public struct ContainerLimits: ServicePart {
    /// Soft and hard limit of a process.
    public struct Ulimit: Hashable, Sendable, Codable {
        public var soft: Int64
        public var hard: Int64

        public init(soft: Int64, hard: Int64) {
            self.soft = soft
            self.hard = hard
        }
    }

    /// Bytes.
    public var memoryReservation: Int64?
    /// Memory and swap together, in bytes; -1 for no limit.
    public var memoryAndSwap: Int64?
    /// 0 to 100.
    public var swappiness: Int?
    /// Microseconds.
    public var cpuPeriod: Int64?
    /// Microseconds of a period.
    public var cpuQuota: Int64?
    /// Billionths of a processor.
    public var nanoCPUs: Int64?
    /// Billionths of a processor that are kept for the container.
    public var reservedNanoCPUs: Int64?
    /// `0-3` or `0,1`.
    public var cpuSet: String?
    public var processes: Int64?
    /// Bytes of `/dev/shm`.
    public var sharedMemory: Int64?
    public var isOutOfMemoryKillDisabled: Bool?
    /// -1000 to 1000.
    public var outOfMemoryScore: Int?
    /// 10 to 1000.
    public var blockWeight: Int?
    /// By key (`device_read_bps`, `blkio_weight_device` …): `path:rate`.
    public var blockDevices: [String: [String]] = [:]
    public var ulimits: [String: Ulimit] = [:]

    public init() {}
}

/// Names and networks of a container.
public struct ContainerNetworking: ServicePart {
    /// What a container has in one network.
    public struct Attachment: Hashable, Sendable, Codable {
        public var aliases: [String] = []
        public var ipv4Address: String?
        public var ipv6Address: String?
        public var linkLocalAddresses: [String] = []
        public var macAddress: String?
        public var priority: Int?
        public var driverOptions: [String: String] = [:]

        public init() {}
    }

    /// By name of the network.
    public var networks: [String: Attachment] = [:]
    /// Ports that other containers are told of: `80`, `53/udp`.
    public var exposed: [String] = []
    public var domainName: String?
    public var dnsSearch: [String] = []
    public var dnsOptions: [String] = []
    public var macAddress: String?
    /// The service whose network is used (`network_mode: service:x`, Rancher's `net: container:x`).
    public var sharedWith: String?

    public init() {}
}

/// Files of a container beside its volumes.
public struct ContainerStorage: ServicePart {
    /// A configuration as a file.
    public struct Config: Hashable, Sendable, Codable {
        /// Name under `configs`.
        public var source: String
        /// Absolute path in the container.
        public var target: String
        public var uid: String?
        public var gid: String?
        /// Permission bits.
        public var mode: Int?
        /// Its text, from what stands under `configs`.
        public var content: String?

        public init(
            source: String, target: String, uid: String? = nil, gid: String? = nil, mode: Int? = nil,
            content: String? = nil
        ) {
            self.source = source
            self.target = target
            self.uid = uid
            self.gid = gid
            self.mode = mode
            self.content = content
        }
    }

    /// What a mount says beside its source and target.
    public struct MountOption: Hashable, Sendable, Codable {
        /// Path of the mount in the container.
        public var target: String
        /// `rshared`, `nocopy`, `z`, `subpath=a` …
        public var option: String

        public init(target: String, option: String) {
            self.target = target
            self.option = option
        }

        /// Whether it is told, and no engine asked for it.
        public var isForReaders: Bool { option == "nocreate" || isPart }

        /// Whether a folder of the volume is meant, which no engine that Slipway supports can mount.
        public var isPart: Bool { option.hasPrefix("subpath=") }
    }

    /// `service` or `service:ro`; all volumes of that service's container.
    public var volumesFrom: [String] = []
    /// Driver of volumes that are named here and described nowhere.
    public var volumeDriver: String?
    /// `path` or `path:options`, held in memory.
    public var memoryMounts: [String] = []
    public var mountOptions: [MountOption] = []
    public var configs: [Config] = []
    /// By option of the storage driver.
    public var driverOptions: [String: String] = [:]
    /// What the files say of the volumes that are named here; nil where they say nothing.
    public var named: [String: VolumeSpec]?

    public init() {}
}

/// Where the output of a container goes.
public struct ContainerLogging: ServicePart {
    /// Nil means the engine's.
    public var driver: String?
    public var options: [String: String] = [:]

    public init() {}
}

/// compose's `healthcheck`: a command that runs in the container. Times in milliseconds.
public struct ContainerProbe: ServicePart {
    /// Begins with `CMD`, `CMD-SHELL` or `NONE`; empty means the image's.
    public var test: [String] = []
    public var interval: Int?
    public var timeout: Int?
    public var startPeriod: Int?
    public var startInterval: Int?
    public var retries: Int?
    public var isDisabled = false

    public init() {}
}
