import DockerAPI
import Model

extension ContainerPlan {
    /// What the engine is asked to create. Throws `.invalid` for a bind whose source is not an absolute path.
    func createBody() throws(Failure) -> CreateContainer {
        var host = CreateContainer.Host()
        var anonymous: [String: CreateContainer.Empty] = [:]
        for volume in volumes {
            guard let source = volume.source else {
                anonymous[volume.target] = .init()
                continue
            }
            guard !volume.isBind || source.hasPrefix("/") else {
                throw Failure(
                    .invalid, "The volume \(source):\(volume.target) of \(name) is relative",
                    hint: "Give an absolute path: the engine doesn't know where the file stood.")
            }
            let options = mountOptions.filter { $0.target == volume.target && !$0.isForReaders }.map(\.option)
            let modes = (volume.readOnly ? ["ro"] : []) + options
            host.binds.append(
                ([source, volume.target] + (modes.isEmpty ? [] : [modes.joined(separator: ",")]))
                    .joined(separator: ":"))
        }
        for port in ports {
            let binding = CreateContainer.PortBinding(
                hostAddress: port.hostAddress ?? "", hostPort: port.hostPort.map(String.init) ?? "")
            host.portBindings[port.key, default: []].append(binding)
        }
        host.volumesFrom = volumesFrom
        host.networkMode = network
        host.extraHosts = extraHosts
        host.dns = dns
        host.privileged = privileged
        host.readOnlyRoot = readOnly
        host.capAdd = capAdd
        host.capDrop = capDrop
        host.memory = memoryLimit
        host.cpuShares = cpuShares
        host.initProcess = initProcess
        let policy = restart.split(separator: ":", maxSplits: 1)
        host.restartPolicy = .init(
            name: policy.first.map(String.init) ?? restart, mostRetries: policy.count > 1 ? Int(policy[1]) : nil)
        host.memoryMounts = Dictionary(
            memoryMounts.map { mount in
                let parts = mount.split(separator: ":", maxSplits: 1)
                return (parts.first.map(String.init) ?? mount, parts.count > 1 ? String(parts[1]) : "")
            }, uniquingKeysWith: { _, last in last })
        host.logging = logging.map { .init(driver: $0.driver ?? "", options: $0.options) }
        host.volumeDriver = volumeDriver
        host.storageOptions = storageOptions.isEmpty ? nil : storageOptions
        isolate(&host)
        limit(&host)
        var body = CreateContainer(
            image: image, command: command, entrypoint: entrypoint, environment: environment, labels: labels,
            volumes: anonymous, exposedPorts: host.portBindings.mapValues { _ in .init() }, hostname: hostname,
            user: user, workingDirectory: workingDirectory, tty: tty, openStdin: stdinOpen, stopSignal: stopSignal,
            host: host,
            networking: hasOwnNetwork
                ? .init(endpoints: [network: .init(aliases: aliases, links: links, address: address)]) : nil)
        body.healthcheck = probe.map(Self.healthcheck)
        guard let networking else { return body }
        body.macAddress = networking.macAddress
        body.domainName = networking.domainName
        body.host.dnsSearch = networking.dnsSearch
        body.host.dnsOptions = networking.dnsOptions
        for port in networking.exposed { body.exposedPorts[port] = .init() }
        return body
    }

    private static func healthcheck(_ probe: ContainerProbe) -> CreateContainer.Healthcheck {
        var check = CreateContainer.Healthcheck(test: probe.isDisabled ? ["NONE"] : probe.test)
        let nanoseconds = { (milliseconds: Int?) in milliseconds.map { Int64($0) * 1_000_000 } }
        check.interval = nanoseconds(probe.interval)
        check.timeout = nanoseconds(probe.timeout)
        check.startPeriod = nanoseconds(probe.startPeriod)
        check.retries = probe.retries
        return check
    }

    private func isolate(_ host: inout CreateContainer.Host) {
        guard let isolation else { return }
        host.pidMode = isolation.pid
        host.ipcMode = isolation.ipc
        host.utsMode = isolation.uts
        host.usernsMode = isolation.userNamespace
        host.cgroupnsMode = isolation.cgroup
        host.cgroupParent = isolation.cgroupParent
        host.runtime = isolation.runtime
        host.securityOptions = isolation.securityOptions
        host.groups = isolation.groups
        host.sysctls = isolation.sysctls
        host.deviceRules = isolation.deviceRules
        host.devices = isolation.devices.map { text in
            let parts = text.split(separator: ":").map(String.init)
            let path = parts.first ?? text
            return .init(
                path: path, pathInContainer: parts.count > 1 ? parts[1] : path,
                permissions: parts.count > 2 ? parts[2] : "rwm")
        }
    }

    private func limit(_ host: inout CreateContainer.Host) {
        guard let limits else { return }
        host.memoryReservation = limits.memoryReservation
        host.memoryAndSwap = limits.memoryAndSwap
        host.swappiness = limits.swappiness
        host.cpuPeriod = limits.cpuPeriod
        host.cpuQuota = limits.cpuQuota
        host.nanoCPUs = limits.nanoCPUs
        host.cpuSet = limits.cpuSet
        host.processes = limits.processes
        host.sharedMemory = limits.sharedMemory
        host.isOutOfMemoryKillDisabled = limits.isOutOfMemoryKillDisabled
        host.outOfMemoryScore = limits.outOfMemoryScore
        host.ulimits = limits.ulimits.sorted { $0.key < $1.key }
            .map { .init(name: $0.key, soft: $0.value.soft, hard: $0.value.hard) }
    }

    /// Whether the network is one that someone made; only there containers have aliases.
    private var hasOwnNetwork: Bool {
        !["", "default", "bridge", "host", "none"].contains(network) && !network.hasPrefix("container:")
    }
}

extension PortMapping {
    /// `53/udp`, as the engine writes it.
    var key: String { "\(containerPort)/\(transport.rawValue)" }
}
