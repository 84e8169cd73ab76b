public import Model
public import struct Foundation.Date

/// What runs containers.
///
/// Every call is safe to repeat: creating what exists with the same labels, starting what runs, stopping what is
/// stopped and removing what is gone all succeed (Docker's 304, 404 and 409 count as done). Calls may run at the same
/// time. All throw ``Failure``: `.unavailable` when the engine doesn't answer, `.notFound`, `.conflict`, `.failed`.
public protocol Engine: Sendable {
    /// What answers; throws `.unavailable` when nothing does.
    func info() async throws -> EngineInfo
    /// Whether containers may be on several hosts; ``ObservedContainer/host`` then says where each one is.
    var hasSeveralHosts: Bool { get }
    /// The machines that it runs containers on, with those that don't answer.
    func hosts() async throws -> [EngineHost]
    /// Containers in any state that carry all of the labels.
    func containers(labels: [String: String]) async throws -> [ObservedContainer]
    /// Creates without starting; the image must be present. A container of that name with the same identity labels
    /// (all of `plan.labels` under `dev.slipway.`) is returned as it is; one with others throws `.conflict`.
    func create(_ plan: ContainerPlan) async throws -> String
    /// Throws `.conflict` where the engine has lost hold of the container: no start of it will do, and only another one
    /// can take its place.
    func start(_ id: String) async throws
    /// Lets a container that doesn't run yet take part in a further network, from its next start on.
    func attach(_ id: String, to attachment: NetworkAttachment) async throws
    /// Puts files into a container, running or not, over those of their names. They show in no inspection.
    func write(_ files: [ContainerFile], into id: String) async throws
    /// Sends the stop signal, then KILL after `grace` seconds.
    func stop(_ id: String, grace: Int) async throws
    /// Sends a signal, `KILL` or `TERM`.
    func kill(_ id: String, signal: String) async throws
    /// Stops hard and removes the container with its anonymous volumes.
    func remove(_ id: String) async throws
    /// Brings the image here; `progress` gets lines for a log. Throws `.notFound` for an image that no registry has.
    func pull(_ reference: String, progress: @Sendable (String) -> Void) async throws
    /// The image of that name or digest, nil when it isn't here.
    func image(_ reference: String) async throws -> ObservedImage?
    /// Removes a name of an image, and the image where it was the last; one that isn't here or is in use is left.
    func removeImage(_ reference: String) async throws
    /// Makes an image of nothing but these files, unless there is one of that name.
    func ensureImage(_ name: String, files: @Sendable () throws -> [ContainerFile]) async throws
    /// Creates the bridge network unless it exists.
    func ensureNetwork(_ name: String, labels: [String: String]) async throws
    /// Creates the bridge network unless it exists, as one in which containers may be given addresses; nil for one that
    /// exists and isn't.
    func ensureAddressedNetwork(_ name: String, labels: [String: String]) async throws -> NetworkAddresses?
    func removeNetwork(_ name: String) async throws
    /// Creates the named volume unless it exists; one that exists keeps its data and its labels.
    func ensureVolume(_ volume: EngineVolume) async throws
    /// Whether there is a volume of that name.
    func hasVolume(_ name: String) async throws -> Bool
    /// Output of a container, stdout and stderr as they came; ends when the container does or, without `follow`,
    /// at the end of what there is.
    func logs(_ id: String, follow: Bool, tail: Int?, timestamps: Bool) async throws -> AsyncThrowingStream<
        [UInt8], any Error
    >
    /// Runs a command in a container that runs, which must be named by its whole id. Throws `.conflict` where it doesn't
    /// run, `.unavailable` where the engine runs no commands.
    func exec(_ plan: ExecPlan, in id: String) async throws -> any ExecProcess
    /// What a container has used so far; nil while it doesn't run, and where the engine can't tell.
    func usage(of id: String) async throws -> ContainerUsage?
    /// One item for each container event that matters (start, die, destroy, oom, health); ends when the connection does.
    func events() async throws -> AsyncThrowingStream<Void, any Error>
}

extension Engine {
    /// Starts a container that whoever asks next can create anew: one that can't be started any more is removed, and
    /// `.unavailable` thrown.
    public func startOrRemove(_ id: String) async throws {
        do {
            try await start(id)
        } catch let failure as Failure where failure.code == .conflict {
            try await remove(id)
            throw Failure(.unavailable, failure.message, cause: failure.cause)
        }
    }

    public func ensureImage(_ name: String, files: @Sendable () throws -> [ContainerFile]) async throws {
        throw Failure(.unavailable, "This engine makes no images of files")
    }

    public func exec(_ plan: ExecPlan, in id: String) async throws -> any ExecProcess {
        throw Failure(.unavailable, "This engine runs no commands in containers")
    }
}

/// What an engine says of itself.
public struct EngineInfo: Hashable, Sendable, Codable {
    /// `Docker Engine 20.10.24`.
    public var name: String
    public var hostName: String
    public var processors: Int
    /// Bytes.
    public var memory: Int64

    public init(name: String, hostName: String, processors: Int, memory: Int64) {
        self.name = name
        self.hostName = hostName
        self.processors = processors
        self.memory = memory
    }
}

/// Everything that a container is created from.
public struct ContainerPlan: Hashable, Sendable, Codable {
    public var name: String
    /// `127.0.0.1:5000/acme/orders@sha256:…`.
    public var image: String
    public var command: [String]?
    public var entrypoint: [String]?
    /// `KEY=VALUE`, sorted.
    public var environment: [String]
    public var labels: [String: String]
    public var volumes: [VolumeMount]
    /// Ports published by the container itself (UDP, or TCP where there is no edge).
    public var ports: [PortMapping]
    /// A network's name, `host`, `none`, or `container:<id>`.
    public var network: String
    /// Names under which the container is found in its network.
    public var aliases: [String]
    /// Names that it alone has for others of its network, `name:alias`: looked up anew each time, so that those may come
    /// later.
    public var links: [String] = []
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
    public var memoryLimit: Int64?
    public var cpuShares: Int64?
    public var stopSignal: String?
    public var initProcess: Bool
    /// `no`, `unless-stopped`, `on-failure:3`.
    public var restart: String
    public var isolation: ContainerIsolation?
    public var limits: ContainerLimits?
    /// Names and ports; what is said of networks goes by ``network`` and ``aliases``.
    public var networking: ContainerNetworking?
    /// `path` or `path:options`, held in memory.
    public var memoryMounts: [String] = []
    public var logging: ContainerLogging?
    /// Names of containers whose volumes it has too, `name` or `name:ro`.
    public var volumesFrom: [String] = []
    /// Name of the host that it is for; nil where the engine has one.
    public var host: String?
    /// What the engine runs in the container to see whether it is fit.
    public var probe: ContainerProbe?
    /// Its address in ``network``; nil means any.
    public var address: String?
    /// Propagation, `nocopy`, `z` … of volumes, by their paths.
    public var mountOptions: [ContainerStorage.MountOption] = []
    /// Driver of anonymous volumes; nil means the engine's own.
    public var volumeDriver: String?
    /// By option of the driver that holds the container's own files.
    public var storageOptions: [String: String] = [:]

    public init(
        name: String, image: String, command: [String]? = nil, entrypoint: [String]? = nil, environment: [String] = [],
        labels: [String: String] = [:], volumes: [VolumeMount] = [], ports: [PortMapping] = [], network: String,
        aliases: [String] = [], extraHosts: [String] = [], dns: [String] = [], hostname: String? = nil,
        user: String? = nil, workingDirectory: String? = nil, tty: Bool = false, stdinOpen: Bool = false,
        privileged: Bool = false, readOnly: Bool = false, capAdd: [String] = [], capDrop: [String] = [],
        memoryLimit: Int64? = nil, cpuShares: Int64? = nil, stopSignal: String? = nil, initProcess: Bool = true,
        restart: String = "no"
    ) {
        self.name = name
        self.image = image
        self.command = command
        self.entrypoint = entrypoint
        self.environment = environment
        self.labels = labels
        self.volumes = volumes
        self.ports = ports
        self.network = network
        self.aliases = aliases
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
        self.stopSignal = stopSignal
        self.initProcess = initProcess
        self.restart = restart
    }
}

/// How a container takes part in a network beside its own.
public struct NetworkAttachment: Hashable, Sendable {
    public var network: String
    /// Names under which it is found there.
    public var aliases: [String]
    /// Names that it alone has for others there, `name:alias`.
    public var links: [String]

    public init(network: String, aliases: [String], links: [String] = []) {
        self.network = network
        self.aliases = aliases
        self.links = links
    }
}

extension Engine {
    /// An engine in which everybody sees everybody.
    public func attach(_ id: String, to attachment: NetworkAttachment) async throws {}
}

/// A file that is put into a container.
public struct ContainerFile: Hashable, Sendable {
    /// Absolute.
    public var path: String
    public var bytes: [UInt8]
    public var uid: Int
    public var gid: Int
    /// Permission bits.
    public var mode: Int

    public init(path: String, bytes: [UInt8], uid: Int = 0, gid: Int = 0, mode: Int = 0o444) {
        self.path = path
        self.bytes = bytes
        self.uid = uid
        self.gid = gid
        self.mode = mode
    }
}

/// A container as the engine shows it.
public struct ObservedContainer: Hashable, Sendable, Codable, Identifiable {
    public enum State: String, Sendable, Codable, CaseIterable {
        case created, running, paused, restarting, removing, exited, dead
    }

    public var id: String
    public var name: String
    /// As it was named at creation.
    public var image: String
    /// Content address of the image's configuration.
    public var imageID: String
    public var labels: [String: String]
    public var state: State
    /// Address in its first network; nil while it doesn't run.
    public var address: String?
    /// Addresses by network, while it runs.
    public var addresses: [String: String] = [:]
    public var createdAt: Date
    public var startedAt: Date?
    public var exitStatus: Int?
    /// How often the engine restarted it by itself.
    public var restarts: Int
    /// Name of the host that it is on; nil where the engine has one.
    public var host: String?
    /// Nil where the engine checks nothing.
    public var health: ObservedHealth?

    public init(
        id: String, name: String, image: String, imageID: String, labels: [String: String], state: State,
        address: String? = nil, createdAt: Date, startedAt: Date? = nil, exitStatus: Int? = nil, restarts: Int = 0
    ) {
        self.id = id
        self.name = name
        self.image = image
        self.imageID = imageID
        self.labels = labels
        self.state = state
        self.address = address
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.exitStatus = exitStatus
        self.restarts = restarts
    }
}

/// An image that an engine has.
public struct ObservedImage: Hashable, Sendable, Codable {
    /// Content address of its configuration.
    public var id: String
    /// `name@sha256:…` for every registry it was pulled from or pushed to.
    public var repoDigests: [String]

    public init(id: String, repoDigests: [String]) {
        self.id = id
        self.repoDigests = repoDigests
    }
}
