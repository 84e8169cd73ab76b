/// What a docker-compose and a rancher-compose file together ask for.
public struct StackSpec: Hashable, Sendable, Codable {
    public var services: [ServiceSpec]
    /// What the files say of named volumes; nil where they say nothing, as in the two below.
    public var volumes: [String: VolumeSpec]?
    public var networks: [String: NetworkSpec]?
    public var configs: [String: ConfigSpec]?

    public init(services: [ServiceSpec]) {
        self.services = services
    }

    public subscript(name: String) -> ServiceSpec? { services.first { $0.name == name } }
}

/// A service: what each of its containers is made from, how many there are, how their health is told.
public struct ServiceSpec: Hashable, Sendable, Codable {
    public var name: String
    /// As the file says, interpolated: `my_repo/360_service:0123…`.
    public var image: String
    /// What containers are really created from, `127.0.0.1:5000/my_repo/360_service@sha256:…`; set by the server
    /// where a digest was recorded for the tag, nil where the image is none of ours.
    public var pinnedImage: String?
    public var scale: Int
    public var command: [String]?
    public var entrypoint: [String]?
    public var environment: [String: String]
    public var labels: [String: String]
    public var ports: [PortMapping]
    public var volumes: [VolumeMount]
    /// `service` or `service:alias`.
    public var links: [String]
    public var externalLinks: [String]
    public var extraHosts: [String]
    public var dns: [String]
    public var hostname: String?
    public var user: String?
    public var workingDirectory: String?
    public var tty: Bool
    public var stdinOpen: Bool
    public var privileged: Bool
    public var readOnly: Bool
    public var capAdd: [String]
    public var capDrop: [String]
    /// Bytes.
    public var memoryLimit: Int64?
    public var cpuShares: Int64?
    /// `host`, `none`, `bridge`; nil means the stack's own network.
    public var networkMode: String?
    public var stopSignal: String?
    /// Seconds; nil means the engine's 10.
    public var stopGracePeriod: Int?
    /// False when the image brings its own init.
    public var initProcess: Bool
    /// Always pull before creating (`io.rancher.container.pull_image: always`).
    public var alwaysPull: Bool
    public var healthCheck: HealthCheck?
    /// As `upgrade_strategy.start_first` says; nil means Slipway chooses.
    public var startFirst: Bool?
    public var retainIP: Bool
    /// Nil: none.
    public var secrets: ServiceSecrets?
    // Groups of keys, each nil where none of its keys is named.
    public var isolation: ContainerIsolation?
    public var limits: ContainerLimits?
    public var networking: ContainerNetworking?
    public var storage: ContainerStorage?
    public var logging: ContainerLogging?
    public var probe: ContainerProbe?
    public var placement: ServicePlacement?
    public var lifecycle: ContainerLifecycle?
    public var notes: ServiceNotes?
    public var loadBalancer: LoadBalancer?
    /// Services whose containers stand beside each of its own: same host, scale and lifetime. Nil: none.
    public var sidekicks: [ServiceSpec]?
    /// True where the files name no scale: what runs keeps the one that it has. Nil: ``scale`` is meant.
    public var keepsScale: Bool?
    /// The same for ``retainIP``.
    public var keepsRetainIP: Bool?

    public init(
        name: String, image: String, pinnedImage: String? = nil, scale: Int = 1, command: [String]? = nil,
        entrypoint: [String]? = nil, environment: [String: String] = [:], labels: [String: String] = [:],
        ports: [PortMapping] = [], volumes: [VolumeMount] = [], links: [String] = [], externalLinks: [String] = [],
        extraHosts: [String] = [], dns: [String] = [], hostname: String? = nil, user: String? = nil,
        workingDirectory: String? = nil, tty: Bool = false, stdinOpen: Bool = false, privileged: Bool = false,
        readOnly: Bool = false, capAdd: [String] = [], capDrop: [String] = [], memoryLimit: Int64? = nil,
        cpuShares: Int64? = nil, networkMode: String? = nil, stopSignal: String? = nil, stopGracePeriod: Int? = nil,
        initProcess: Bool = true, alwaysPull: Bool = false, healthCheck: HealthCheck? = nil, startFirst: Bool? = nil,
        retainIP: Bool = false, secrets: ServiceSecrets? = nil
    ) {
        self.name = name
        self.image = image
        self.pinnedImage = pinnedImage
        self.scale = scale
        self.command = command
        self.entrypoint = entrypoint
        self.environment = environment
        self.labels = labels
        self.ports = ports
        self.volumes = volumes
        self.links = links
        self.externalLinks = externalLinks
        self.extraHosts = extraHosts
        self.dns = dns
        self.hostname = hostname
        self.user = user
        self.workingDirectory = workingDirectory
        self.tty = tty
        self.stdinOpen = stdinOpen
        self.privileged = privileged
        self.readOnly = readOnly
        self.capAdd = capAdd
        self.capDrop = capDrop
        self.memoryLimit = memoryLimit
        self.cpuShares = cpuShares
        self.networkMode = networkMode
        self.stopSignal = stopSignal
        self.stopGracePeriod = stopGracePeriod
        self.initProcess = initProcess
        self.alwaysPull = alwaysPull
        self.healthCheck = healthCheck
        self.startFirst = startFirst
        self.retainIP = retainIP
        self.secrets = secrets
    }

    /// Groups that are there, and that no engine carries out yet; leaving them out would change what runs. The files'
    /// reader says which keys they are of, and where.
    public var partsThatWait: [String] {
        var parts: [String] = []
        if isolation?.gpus != nil { parts.append("gpus") }
        if var rest = storage {
            if rest.mountOptions.contains(where: \.isPart) { parts.append("a folder of a volume") }
            (rest.memoryMounts, rest.mountOptions, rest.configs, rest.volumesFrom) = ([], [], [], [])
            (rest.volumeDriver, rest.driverOptions, rest.named) = (nil, [:], nil)
            if rest != ContainerStorage() { parts.append("storage") }
        }
        if notes?.storageDriver ?? notes?.networkDriver != nil { parts.append("a driver of Rancher's") }
        if lifecycle?.hooks.isEmpty == false { parts.append("hooks") }
        return parts
    }

    /// Texts of all groups: nobody who reads them may find a secret's value.
    public var partTexts: [String] {
        let logging = logging.map { $0.options.values + [$0.driver ?? ""] } ?? []
        let networking =
            networking.map { part in
                part.exposed + part.dnsSearch + part.dnsOptions + [part.domainName ?? ""]
                    + part.networks.values.flatMap { $0.aliases + $0.driverOptions.values }
            } ?? []
        let isolation =
            isolation.map { $0.securityOptions + $0.devices + $0.sysctls.values + [$0.gpus ?? "", $0.runtime ?? ""] }
            ?? []
        let storage =
            storage.map { part in
                part.memoryMounts + part.driverOptions.values + part.mountOptions.map(\.option)
                    + part.configs.compactMap(\.content) + (part.named ?? [:]).values.flatMap(\.driverOptions.values)
            } ?? []
        let notes =
            notes.map { part in
                [part.description, part.metadata, part.storageDriver, part.networkDriver].compactMap { $0 }
                    + part.annotations.values + part.deployLabels.values
            } ?? []
        let balancer = loadBalancer.map { [$0.configuration ?? ""] + $0.stickiness.values } ?? []
        let lifecycle = lifecycle.map { Array($0.hooks.values) } ?? []
        return logging + networking + isolation + storage + notes + balancer + lifecycle + (probe?.test ?? [])
    }

    /// Whether new containers may run beside old ones: asked for, or nothing that only one container can hold
    /// (DESIGN 7).
    public var startsFirst: Bool {
        if retainIP || networkMode == "host" || networking?.macAddress != nil { return false }
        if let startFirst { return startFirst }
        return volumes.allSatisfy(\.readOnly) && storage?.volumesFrom.isEmpty != false
    }
}

/// One published port.
public struct PortMapping: Hashable, Sendable, Codable {
    public enum TransportProtocol: String, Sendable, Codable, CaseIterable { case tcp, udp }

    /// Address of the host to listen on; nil means all.
    public var hostAddress: String?
    /// Nil means any free port.
    public var hostPort: Int?
    public var containerPort: Int
    public var transport: TransportProtocol

    public init(
        hostAddress: String? = nil, hostPort: Int?, containerPort: Int, transport: TransportProtocol = .tcp
    ) {
        self.hostAddress = hostAddress
        self.hostPort = hostPort
        self.containerPort = containerPort
        self.transport = transport
    }
}

/// A volume or a bind in a container.
public struct VolumeMount: Hashable, Sendable, Codable {
    /// Host path, or a volume's name; nil means an anonymous volume.
    public var source: String?
    /// Absolute path in the container.
    public var target: String
    public var readOnly: Bool

    public init(source: String?, target: String, readOnly: Bool = false) {
        self.source = source
        self.target = target
        self.readOnly = readOnly
    }

    /// Whether the source is a path on the host.
    public var isBind: Bool { source.map { $0.hasPrefix("/") || $0.hasPrefix(".") || $0.hasPrefix("~") } ?? false }
}

/// How a container's health is told from outside it. Rancher 1.x's `health_check`; times in milliseconds.
public struct HealthCheck: Hashable, Sendable, Codable {
    public enum Strategy: String, Sendable, Codable, CaseIterable { case recreate, recreateOnQuorum, none }

    public var port: Int
    /// Nil means a TCP connect; else `GET /health HTTP/1.0`: 2xx and 3xx pass.
    public var requestLine: String?
    public var interval: Int
    public var responseTimeout: Int
    public var healthyThreshold: Int
    public var unhealthyThreshold: Int
    public var initializingTimeout: Int
    public var reinitializingTimeout: Int
    public var strategy: Strategy
    /// For `recreateOnQuorum`: what is unhealthy is replaced while at least so many are healthy; nil means 1.
    public var quorum: Int?

    public init(
        port: Int, requestLine: String? = nil, interval: Int = 2000, responseTimeout: Int = 2000,
        healthyThreshold: Int = 2, unhealthyThreshold: Int = 3, initializingTimeout: Int = 60000,
        reinitializingTimeout: Int = 60000, strategy: Strategy = .recreate, quorum: Int? = nil
    ) {
        self.port = port
        self.requestLine = requestLine
        self.interval = interval
        self.responseTimeout = responseTimeout
        self.healthyThreshold = healthyThreshold
        self.unhealthyThreshold = unhealthyThreshold
        self.initializingTimeout = initializingTimeout
        self.reinitializingTimeout = reinitializingTimeout
        self.strategy = strategy
        self.quorum = quorum
    }
}
