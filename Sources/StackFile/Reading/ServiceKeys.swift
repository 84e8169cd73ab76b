internal import Model

/// What happens with a key of a service.
enum ServiceKey: Sendable {
    typealias Handler = @Sendable (inout ServiceReader, YAMLNode) -> Void

    /// Read into the spec and carried out; what isn't in some of its values, its reader says.
    case read(Handler)
    /// Read into the spec, and no engine carries it out yet: leaving it out would change what runs.
    case waiting(String?, Handler)
    /// Read into the spec, and harmless while nothing uses it: a warning says so.
    case spare(String?, Handler)
    /// Harmless, and of no meaning for what runs: a warning says that it isn't used.
    case unused(String?)
    /// Of no meaning here: an error says so.
    case refused(String?)
}

/// Every key that a service may have, from docker-compose v1 to the Compose Specification and from rancher-compose. A
/// new key is a line here.
enum ServiceKeys {
    static let all: [String: ServiceKey] = [carriedOut, ofContainers, balancing, waiting, spare, others].reduce(
        into: [:]) {
            all, some in
            all.merge(some) { first, _ in first }
        }

    private static let carriedOut: [String: ServiceKey] = [
        "image": .read { $0.readImage($1) },
        "command": .read { $0.spec.command = $0.words($1, "command") },
        "entrypoint": .read { $0.spec.entrypoint = $0.words($1, "entrypoint") },
        "environment": .read { $0.readEnvironment($1) },
        "secrets": .read { $0.readSecrets($1) },
        "env_file": .read { $0.readEnvFiles($1) },
        "labels": .read { $0.readLabels($1) },
        "ports": .read { $0.readPorts($1) },
        "volumes": .read { $0.readVolumes($1) },
        "links": .read { $0.spec.links = $0.strings($1, "links") ?? [] },
        "external_links": .read { $0.spec.externalLinks = $0.strings($1, "external_links") ?? [] },
        "extra_hosts": .read { $0.readExtraHosts($1) },
        "dns": .read { $0.spec.dns = $0.strings($1, "dns") ?? [] },
        "hostname": .read { $0.spec.hostname = $0.string($1, "hostname") },
        "user": .read { $0.spec.user = $0.string($1, "user") },
        "working_dir": .read { $0.spec.workingDirectory = $0.string($1, "working_dir") },
        "tty": .read { $0.spec.tty = $0.bool($1, "tty") ?? false },
        "stdin_open": .read { $0.spec.stdinOpen = $0.bool($1, "stdin_open") ?? false },
        "privileged": .read { $0.spec.privileged = $0.bool($1, "privileged") ?? false },
        "read_only": .read { $0.spec.readOnly = $0.bool($1, "read_only") ?? false },
        "cap_add": .read { $0.spec.capAdd = $0.strings($1, "cap_add") ?? [] },
        "cap_drop": .read { $0.spec.capDrop = $0.strings($1, "cap_drop") ?? [] },
        "mem_limit": .read { $0.readMemoryLimit($1, "mem_limit") },
        "cpu_shares": .read { $0.spec.cpuShares = $0.int($1, "cpu_shares", 0...262_144).map(Int64.init) },
        "net": .read { $0.readNetworkMode($1, "net") },
        "network_mode": .read { $0.readNetworkMode($1, "network_mode") },
        "stop_signal": .read { $0.spec.stopSignal = $0.string($1, "stop_signal") },
        "stop_grace_period": .read { $0.readStopGracePeriod($1) },
        "init": .read { $0.spec.initProcess = $0.bool($1, "init") ?? true },
        "restart": .read { $0.readRestart($1, "restart") },
        "container_name": .read { $0.readText($1, \.lifecycle, \.containerName) },
        "healthcheck": .read { $0.readProbe($1) },
        "scale_policy": .read { $0.readScalePolicy($1) },
        "scale": .read { $0.spec.scale = $0.int($1, "scale", 0...1000) ?? 1 },
        "health_check": .read { $0.readHealthCheck($1) },
        "upgrade_strategy": .read { $0.readUpgradeStrategy($1) },
        "retain_ip": .read { $0.spec.retainIP = $0.bool($1, "retain_ip") ?? false },
        "start_on_create": .read { $0.readStartOnCreate($1) },
        "pull_policy": .read { $0.readPullPolicy($1) },
        "profiles": .read { reader, node in
            let profiles = reader.strings(node, "profiles") ?? []
            reader.change(\.lifecycle) { $0.profiles = profiles }
        },
        "deploy": .read { $0.readDeploy($1) },
    ]

    /// What the engine is told of each container as it is.
    private static let ofContainers: [String: ServiceKey] = [
        "volumes_from": .read { $0.readVolumesFrom($1) },
        "pid": .read { $0.readNamespace($1, \.pid, own: ["host"]) },
        "ipc": .read { $0.readNamespace($1, \.ipc, own: ["host", "none", "private", "shareable"]) },
        "uts": .read { $0.readNamespace($1, \.uts, own: ["host"]) },
        "userns_mode": .read { $0.readNamespace($1, \.userNamespace, own: ["host"]) },
        "cgroup": .read { $0.readNamespace($1, \.cgroup, own: ["host", "private"]) },
        "cgroupns_mode": .read { $0.readNamespace($1, \.cgroup, own: ["host", "private"]) },
        "cgroup_parent": .read { $0.readText($1, \.isolation, \.cgroupParent) },
        "runtime": .read { $0.readText($1, \.isolation, \.runtime) },
        "security_opt": .read { $0.readList($1, \.isolation, \.securityOptions) },
        "group_add": .read { $0.readList($1, \.isolation, \.groups) },
        "sysctls": .read { $0.readNames($1, \.isolation, \.sysctls) },
        "devices": .read { $0.readDevices($1) },
        "device_cgroup_rules": .read { $0.readList($1, \.isolation, \.deviceRules) },
        "domainname": .read { $0.readText($1, \.networking, \.domainName) },
        "dns_search": .read { $0.readList($1, \.networking, \.dnsSearch) },
        "dns_opt": .read { $0.readList($1, \.networking, \.dnsOptions) },
        "expose": .read { $0.readExposed($1) },
        "tmpfs": .read { $0.readList($1, \.storage, \.memoryMounts) },
        "logging": .read { $0.readLogging($1) },
        "log_driver": .read { $0.readText($1, \.logging, \.driver) },
        "log_opt": .read { reader, node in
            let options = reader.values(node, "log_opt")
            reader.change(\.logging) { $0.options.merge(options) { _, new in new } }
        },
        "mac_address": .read { $0.readText($1, \.networking, \.macAddress) },
        "volume_driver": .read { $0.readText($1, \.storage, \.volumeDriver) },
        "storage_opt": .read { $0.readNames($1, \.storage, \.driverOptions) },
        "configs": .read { $0.readConfigs($1) },
        "shm_size": .read { $0.readBytes($1, "shm_size", \.sharedMemory) },
        "ulimits": .read { $0.readUlimits($1) },
        "mem_reservation": .read { $0.readBytes($1, "mem_reservation", \.memoryReservation) },
        "memswap_limit": .read { $0.readBytes($1, "memswap_limit", \.memoryAndSwap) },
        "mem_swappiness": .read { reader, node in
            let value = reader.int(node, "mem_swappiness", -1...100)
            reader.change(\.limits) { $0.swappiness = value }
        },
        "cpu_period": number(\.cpuPeriod), "cpu_quota": number(\.cpuQuota), "pids_limit": number(\.processes),
        "cpus": .read { reader, node in
            let cpus = reader.processors(node, "cpus")
            reader.change(\.limits) { $0.nanoCPUs = cpus }
        },
        "cpuset": .read { $0.readText($1, \.limits, \.cpuSet) },
        "oom_kill_disable": .read { reader, node in
            let value = reader.bool(node, "oom_kill_disable")
            reader.change(\.limits) { $0.isOutOfMemoryKillDisabled = value }
        },
        "oom_score_adj": .read { reader, node in
            let value = reader.int(node, "oom_score_adj", -1000...1000)
            reader.change(\.limits) { $0.outOfMemoryScore = value }
        },
    ]

    private static let waiting: [String: ServiceKey] = [
        "gpus": .waiting(nil) { reader, node in reader.change(\.isolation) { $0.gpus = node.text ?? node.json } },
        "storage_driver": json(\.storageDriver), "network_driver": json(\.networkDriver),
        "post_start": hook("post_start"), "pre_stop": hook("pre_stop"),
        "label_file": .waiting("write the labels under labels") { $0.readLabelFiles($1) },
    ]

    private static let spare: [String: ServiceKey] = [
        "depends_on": .spare(nil) { $0.readDependencies($1) },
        "networks": .spare("all services of a stack share one network") { $0.readNetworks($1) },
        "description": spare(\.notes, \.description),
        "metadata": .spare(nil) { reader, node in reader.change(\.notes) { $0.metadata = node.json } },
        "annotations": .spare(nil) { reader, node in
            let values = reader.values(node, "annotations")
            reader.change(\.notes) { $0.annotations = values }
        },
        "platform": spare(\.placement, \.platform),
        "drain_timeout_ms": .read { reader, node in
            let time = reader.int(node, "drain_timeout_ms", 0...86_400_000)
            reader.change(\.lifecycle) { $0.drainTimeout = time }
        },
        "blkio_weight": .spare(nil) { reader, node in
            let value = reader.int(node, "blkio_weight", 0...1000)
            reader.change(\.limits) { $0.blockWeight = value }
        },
        "blkio_config": .spare(nil) { $0.readBlockLimits($1) },
        "blkio_weight_device": blocks("blkio_weight_device"), "device_read_bps": blocks("device_read_bps"),
        "device_read_iops": blocks("device_read_iops"), "device_write_bps": blocks("device_write_bps"),
        "device_write_iops": blocks("device_write_iops"),
    ]

    private static let others: [String: ServiceKey] = keys(
        .unused(nil), "build dockerfile attach develop cpu_count cpu_percent isolation"
    )
    .merging(keys(.refused("virtual machines of Rancher 1.x"), "userdata vcpu memory disks type")) { $1 }
    .merging(keys(.refused("reserve processors with deploy.resources"), "milli_cpu_reservation")) { $1 }
    .merging(keys(.refused("another program would have to provide it"), "provider models")) { $1 }
    .merging(keys(.refused("it is of Windows alone"), "credential_spec")) { $1 }
    .merging(keys(.refused("it would give the container the rights of the engine"), "use_api_socket")) { $1 }
    .merging(keys(.refused("extends is resolved where it is read"), "extends")) { $1 }

    private static func keys(_ key: ServiceKey, _ names: String) -> [String: ServiceKey] {
        Dictionary(uniqueKeysWithValues: names.split(separator: " ").map { (String($0), key) })
    }
}
