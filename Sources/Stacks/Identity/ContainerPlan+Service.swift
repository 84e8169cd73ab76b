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
    public var network: String { "slipway-\(environment)-\(stack)" }

    /// The mount with a named volume that is the stack's own, as compose's are its project's: two stacks that call one
    /// `data` don't share it.
    func scoped(_ mount: VolumeMount) -> VolumeMount {
        guard let source = mount.source, !mount.isBind else { return mount }
        return VolumeMount(source: "\(environment)-\(stack)-\(source)", target: mount.target, readOnly: mount.readOnly)
    }

    /// `environment-stack-service-rollout-slot`: a name that is taken means adopt, not create.
    public func name(of service: String) -> String { "\(environment)-\(stack)-\(service)-\(generation)-\(slot)" }
}

extension ContainerPlan {
    /// The container that `spec` asks for at `identity`.
    ///
    /// - Parameters:
    ///   - edge: Whether Slipway's edge holds the TCP ports; if not, the container publishes them.
    ///   - otherNames: Of alias services that mean this one.
    ///   - secretVariables: Variables whose values hold secrets.
    public init(
        of spec: ServiceSpec, at identity: ContainerIdentity, edge: Bool, otherNames: [String] = [],
        secretVariables: [String: String] = [:]
    ) {
        let name = identity.name(of: spec.name)
        var labels = spec.labels
        labels[Label.instance] = identity.instance
        labels[Label.environment] = identity.environment
        labels[Label.stack] = identity.stack
        labels[Label.service] = spec.name
        labels[Label.index] = String(identity.slot)
        labels[Label.rollout] = String(identity.generation)
        labels[Label.specHash] = spec.hash
        labels[Label.deploy] = identity.deployID.map(String.init)
        labels[Label.revision] = identity.revision?.description
        labels[Label.rancherStack] = identity.stack
        labels[Label.rancherService] = "\(identity.stack)/\(spec.name)"
        labels[Label.rancherContainer] = name
        var variables = spec.environment.merging(secretVariables) { _, secret in secret }
        if let revision = identity.revision, variables["REVISION"] == nil {
            variables["REVISION"] = revision.description
        }
        let usesStackNetwork = spec.networkMode == nil
        let aliases = [spec.name, "\(spec.name).\(identity.stack)"] + otherNames
        self.init(
            name: name, image: spec.runnableImage, command: spec.command, entrypoint: spec.entrypoint,
            environment: variables.map { "\($0.key)=\($0.value)" }.sorted(), labels: labels,
            volumes: spec.volumes.map(identity.scoped) + spec.secretVolumes,
            ports: spec.publishedPorts(edge: edge), network: spec.networkMode ?? identity.network,
            aliases: usesStackNetwork ? Array(Set(aliases)).sorted() : [], extraHosts: spec.extraHosts, dns: spec.dns,
            hostname: spec.hostname, user: spec.user, workingDirectory: spec.workingDirectory, tty: spec.tty,
            stdinOpen: spec.stdinOpen, privileged: spec.privileged, readOnly: spec.readOnly, capAdd: spec.capAdd,
            capDrop: spec.capDrop, memoryLimit: spec.memoryLimit, cpuShares: spec.cpuShares,
            stopSignal: spec.stopSignal, initProcess: spec.initProcess, restart: "unless-stopped")
        if usesStackNetwork { links = spec.localLinks(in: identity.stack) }
        isolation = spec.isolation
        limits = spec.limits
        networking = spec.networking
        memoryMounts = spec.storage?.memoryMounts ?? []
        logging = spec.logging
    }
}
