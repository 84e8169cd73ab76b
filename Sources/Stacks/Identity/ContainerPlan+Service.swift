public import Engines
public import Model

/// Where a container belongs and which one it is.
public struct ContainerIdentity: Hashable, Sendable {
    /// The data directory's own id.
    public var instance: String
    public var environment: String
    public var stack: String
    /// Id of the rollout that its kind was first created by.
    public var generation: Int64
    /// 1 to the service's scale.
    public var slot: Int
    public var deployID: Int64?
    public var revision: SHA?
    /// The service that it is a sidekick of; nil: it is a primary.
    public var primary: String?

    public init(
        instance: String, environment: String, stack: String, generation: Int64, slot: Int, deployID: Int64? = nil,
        revision: SHA? = nil
    ) {
        self.instance = instance
        self.environment = environment
        self.stack = stack
        self.generation = generation
        self.slot = slot
        self.deployID = deployID
        self.revision = revision
    }

    /// The network that the stack's containers share.
    public var network: String { Self.network(of: stack, in: environment) }

    static func network(of stack: String, in environment: String) -> String { "slipway-\(environment)-\(stack)" }

    /// `environment-stack-service-rollout-slot`: a name that is taken means adopt, not create.
    public func name(of service: String) -> String {
        let service = primary.map { "\($0)-\(service)" } ?? service
        return "\(environment)-\(stack)-\(service)-\(generation)-\(slot)"
    }
}

extension ContainerPlan {
    /// The container that `spec` asks for at `identity`.
    ///
    /// - Parameters:
    ///   - edge: Whether Slipway's edge holds the TCP ports; if not, the container publishes them.
    ///   - otherNames: Of alias services that mean this one.
    ///   - secretVariables: Variables whose values hold secrets.
    ///   - neighbours: Names of the other containers of its unit, by service.
    public init(
        of spec: ServiceSpec, at identity: ContainerIdentity, edge: Bool, otherNames: [String] = [],
        secretVariables: [String: String] = [:], neighbours: [String: String] = [:]
    ) {
        let name = identity.name(of: spec.name)
        var labels = spec.labels
        labels[Label.instance] = identity.instance
        labels[Label.environment] = identity.environment
        labels[Label.stack] = identity.stack
        let service = identity.primary ?? spec.name
        labels[Label.service] = service
        labels[Label.sidekick] = identity.primary == nil ? nil : spec.name
        labels[Label.index] = String(identity.slot)
        labels[Label.rollout] = String(identity.generation)
        labels[Label.specHash] = spec.partHash
        labels[Label.deploy] = identity.deployID.map(String.init)
        labels[Label.revision] = identity.revision?.description
        labels[Label.rancherStack] = identity.stack
        let path = identity.primary.map { "\($0)/\(spec.name)" } ?? spec.name
        labels[Label.rancherService] = "\(identity.stack)/\(path)"
        labels[Label.rancherContainer] = name
        var variables = spec.environment.merging(secretVariables) { _, secret in secret }
        if let revision = identity.revision, variables["REVISION"] == nil {
            variables["REVISION"] = revision.description
        }
        let shared = spec.networking?.sharedWith.flatMap { neighbours[$0] }
        let usesStackNetwork = spec.networkMode == nil && shared == nil
        // Names of containers are Slipway's own; who called it by the one in the file still finds it.
        let called = spec.scale == 1 ? [spec.lifecycle?.containerName].compactMap(\.self) : []
        let names = [spec.name] + (identity.primary.map { ["\(spec.name).\($0)"] } ?? [])
        let aliases = names + names.map { "\($0).\(identity.stack)" } + otherNames + called
        self.init(
            name: name, image: spec.runnableImage, command: spec.command, entrypoint: spec.entrypoint,
            environment: variables.map { "\($0.key)=\($0.value)" }.sorted(), labels: labels,
            volumes: spec.volumes.map { identity.scoped($0, of: spec) } + spec.secretVolumes,
            ports: spec.publishedPorts(edge: edge),
            network: shared.map { "container:\($0)" } ?? spec.networkMode ?? identity.network,
            aliases: usesStackNetwork ? Array(Set(aliases)).sorted() : [], extraHosts: spec.extraHosts, dns: spec.dns,
            hostname: spec.hostname, user: spec.user, workingDirectory: spec.workingDirectory, tty: spec.tty,
            stdinOpen: spec.stdinOpen, privileged: spec.privileged, readOnly: spec.readOnly, capAdd: spec.capAdd,
            capDrop: spec.capDrop, memoryLimit: spec.memoryLimit, cpuShares: spec.cpuShares,
            stopSignal: spec.stopSignal, initProcess: spec.initProcess, restart: spec.restartPolicy)
        if usesStackNetwork { links = spec.localLinks(in: identity.stack) }
        isolation = spec.isolation
        isolation?.pid = spec.isolation?.pid.map { Self.namespace($0, neighbours) }
        isolation?.ipc = spec.isolation?.ipc.map { Self.namespace($0, neighbours) }
        volumesFrom = (spec.storage?.volumesFrom ?? []).map(VolumeSource.init).compactMap { source in
            neighbours[source.service].map { source.readOnly ? "\($0):ro" : $0 }
        }
        limits = spec.limits
        networking = spec.networking
        memoryMounts = spec.storage?.memoryMounts ?? []
        logging = spec.logging
        probe = spec.probe
        mountOptions = spec.storage?.mountOptions ?? []
        volumeDriver = spec.storage?.volumeDriver
        storageOptions = spec.storage?.driverOptions ?? [:]
    }

    /// A namespace as the engine calls it: `service:web` is that of a container.
    private static func namespace(_ mode: String, _ neighbours: [String: String]) -> String {
        ServiceSpec.sharedService(mode).flatMap { neighbours[$0] }.map { "container:\($0)" } ?? mode
    }
}
