internal import Model

/// What happens with a key of a service.
enum ServiceKey: Sendable {
    /// Read into the spec.
    case read(@Sendable (inout ServiceReader, YAMLNode) -> Void)
    /// Harmless: a warning says that it isn't used yet.
    case unused(String?)
    /// Leaving it out would change what runs: an error says so.
    case refused(String?)
}

/// Every key that a service may have, from docker-compose v1 to compose-spec and from rancher-compose. A new key is a
/// line here.
enum ServiceKeys {
    static let all: [String: ServiceKey] = carriedOut.merging(known) { first, _ in first }

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
        "mem_limit": .read { $0.readMemoryLimit($1) },
        "cpu_shares": .read { $0.spec.cpuShares = $0.int($1, "cpu_shares", 0...262_144).map(Int64.init) },
        "net": .read { $0.readNetworkMode($1, "net") },
        "network_mode": .read { $0.readNetworkMode($1, "network_mode") },
        "stop_signal": .read { $0.spec.stopSignal = $0.string($1, "stop_signal") },
        "stop_grace_period": .read { $0.readStopGracePeriod($1) },
        "init": .read { $0.spec.initProcess = $0.bool($1, "init") ?? true },
        "restart": .read { $0.readRestart($1) },
        "scale": .read { $0.spec.scale = $0.int($1, "scale", 0...1000) ?? 1 },
        "health_check": .read { $0.readHealthCheck($1) },
        "upgrade_strategy": .read { $0.readUpgradeStrategy($1) },
        "retain_ip": .read { $0.spec.retainIP = $0.bool($1, "retain_ip") ?? false },
        "start_on_create": .read { $0.readStartOnCreate($1) },
        "pull_policy": .read { $0.readPullPolicy($1) },
    ]

    private static let known: [String: ServiceKey] =
        keys(
            .unused(nil),
            "build dockerfile container_name depends_on networks expose logging log_driver log_opt description metadata "
                + "blkio_weight blkio_weight_device cpu_period cpu_quota cpuset cpus cpu_count cpu_percent isolation "
                + "mem_reservation mem_swappiness memswap_limit oom_kill_disable oom_score_adj annotations attach "
                + "device_read_bps device_read_iops device_write_bps device_write_iops develop platform runtime"
        )
        .merging(keys(.unused("the rollout's drain time is used"), "drain_timeout_ms")) { first, _ in first }
        .merging(keys(.unused("the scale stays as it is given"), "scale_policy")) { first, _ in first }
        .merging(
            keys(
                .refused(nil),
                "volumes_from pid ipc uts userns_mode cgroup cgroup_parent cgroupns_mode devices device_cgroup_rules gpus "
                    + "dns_opt dns_search domainname group_add mac_address security_opt shm_size sysctls tmpfs ulimits "
                    + "volume_driver storage_driver network_driver configs config certs default_cert lb_config "
                    + "load_balancer_config port_rules stickiness_policy external_ips type userdata vcpu memory disks "
                    + "milli_cpu_reservation credential_spec extends post_start pre_stop storage_opt provider models "
                    + "label_file use_api_socket")
        ) { first, _ in first }
        .merging([
            "healthcheck": .refused("use rancher-compose's health_check, which probes from outside the container"),
            "deploy": .refused("use scale, mem_limit and upgrade_strategy"),
            "profiles": .refused("keep services of other profiles in a file of their own"),
        ]) { first, _ in first }

    private static func keys(_ key: ServiceKey, _ names: String) -> [String: ServiceKey] {
        Dictionary(uniqueKeysWithValues: names.split(separator: " ").map { (String($0), key) })
    }
}
