internal import Model

/// A service as its two files have it, key by key; the inverse of ``ServiceReader``.
struct ServiceWriter {
    private let spec: ServiceSpec

    init(_ spec: ServiceSpec) { self.spec = spec }

    /// Its keys in docker-compose.yml.
    var compose: YAMLMap {
        var map = YAMLMap()
        map.add("image", text: spec.image)
        if let command = spec.command { map.add("command", .list(command.map(YAMLMap.text))) }
        if let entrypoint = spec.entrypoint { map.add("entrypoint", .list(entrypoint.map(YAMLMap.text))) }
        writeEnvironment(&map)
        map.add("labels", names: spec.labels)
        map.add("ports", list: spec.ports.map(Self.port))
        map.add("volumes", list: spec.volumes.map(volume))
        map.add("links", list: spec.links)
        map.add("external_links", list: spec.externalLinks)
        map.add("extra_hosts", list: spec.extraHosts)
        map.add("dns", list: spec.dns)
        map.add("hostname", text: spec.hostname)
        map.add("user", text: spec.user)
        map.add("working_dir", text: spec.workingDirectory)
        map.add("tty", flag: spec.tty)
        map.add("stdin_open", flag: spec.stdinOpen)
        map.add("privileged", flag: spec.privileged)
        map.add("read_only", flag: spec.readOnly)
        map.add("cap_add", list: spec.capAdd)
        map.add("cap_drop", list: spec.capDrop)
        map.add("mem_limit", number: spec.memoryLimit)
        map.add("cpu_shares", number: spec.cpuShares)
        map.add("network_mode", text: spec.networking?.sharedWith.map { "service:\($0)" } ?? spec.networkMode)
        map.add("stop_signal", text: spec.stopSignal)
        map.add("stop_grace_period", text: spec.stopGracePeriod.map { "\($0)s" })
        map.add("init", flag: spec.initProcess, unless: true)
        if spec.alwaysPull, spec.labels["io.rancher.container.pull_image"] == nil {
            map.add("pull_policy", text: "always")
        }
        writeSecrets(&map)
        writeParts(&map)
        return map
    }

    /// Its keys in rancher-compose.yml.
    var rancher: YAMLMap {
        var map = YAMLMap()
        map.add("scale", number: spec.scale == 1 ? nil : spec.scale)
        if let check = spec.healthCheck { map.add("health_check", map: Self.healthCheck(check)) }
        if let first = spec.startFirst {
            map.add("upgrade_strategy", .map([.init(key: "start_first", value: .plain("\(first)"))]))
        }
        map.add("retain_ip", flag: spec.retainIP)
        map.add("drain_timeout_ms", number: spec.lifecycle?.drainTimeout)
        map.add("start_on_create", flag: spec.lifecycle?.startOnCreate, unless: true)
        if let policy = spec.lifecycle?.scalePolicy {
            var part = YAMLMap()
            part.add("min", number: policy.min)
            part.add("max", number: policy.max)
            part.add("increment", number: policy.increment)
            map.add("scale_policy", map: part)
        }
        map.add("description", text: spec.notes?.description)
        if let balancer = spec.loadBalancer { Self.write(balancer, &map) }
        return map
    }

    /// Values as they are; a variable that is a secret stands by its name alone.
    private func writeEnvironment(_ map: inout YAMLMap) {
        var variables = spec.environment.mapValues(YAMLMap.text)
        for (name, text) in spec.secrets?.variables ?? [:] where text.parts == [.secret(name)] {
            variables[name] = .null
        }
        guard !variables.isEmpty else { return }
        map.add("environment", .map(variables.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value) }))
    }

    private func writeSecrets(_ map: inout YAMLMap) {
        guard let files = spec.secrets?.files, !files.isEmpty else { return }
        map.add(
            "secrets",
            .list(
                files.map { file in
                    var item = YAMLMap()
                    item.add("source", text: file.source)
                    item.add("target", text: file.target)
                    item.add("uid", text: "\(file.uid)")
                    item.add("gid", text: "\(file.gid)")
                    item.add("mode", text: "0\(String(file.mode, radix: 8))")
                    return item.tree
                }))
    }

    private static func port(_ port: PortMapping) -> String {
        var text = "\(port.containerPort)"
        if let host = port.hostPort { text = "\(host):\(text)" }
        if let address = port.hostAddress {
            text = (address.contains(":") ? "[\(address)]" : address) + (port.hostPort == nil ? "::" : ":") + text
        }
        return port.transport == .udp ? "\(text)/udp" : text
    }

    private func volume(_ mount: VolumeMount) -> String {
        guard let source = mount.source else { return mount.target }
        let options =
            (mount.readOnly ? ["ro"] : [])
            + (spec.storage?.mountOptions ?? []).filter { $0.target == mount.target }.map(\.option)
        return "\(source):\(mount.target)" + (options.isEmpty ? "" : ":\(options.joined(separator: ","))")
    }

    private static func healthCheck(_ check: HealthCheck) -> YAMLMap {
        var map = YAMLMap()
        map.add("port", number: check.port)
        map.add("request_line", text: check.requestLine)
        map.add("interval", number: check.interval)
        map.add("response_timeout", number: check.responseTimeout)
        map.add("healthy_threshold", number: check.healthyThreshold)
        map.add("unhealthy_threshold", number: check.unhealthyThreshold)
        map.add("initializing_timeout", number: check.initializingTimeout)
        map.add("reinitializing_timeout", number: check.reinitializingTimeout)
        map.add("strategy", text: check.strategy.rawValue)
        if let quorum = check.quorum {
            map.add(
                "recreate_on_quorum_strategy_config", .map([.init(key: "quorum", value: .plain("\(quorum)"))]))
        }
        return map
    }

    private func writeParts(_ map: inout YAMLMap) {
        if let part = spec.isolation { Self.write(part, &map) }
        if let part = spec.limits { Self.write(part, &map) }
        if let part = spec.networking { Self.write(part, &map) }
        if let part = spec.storage {
            map.add("volumes_from", list: part.volumesFrom)
            map.add("volume_driver", text: part.volumeDriver)
            map.add("tmpfs", list: part.memoryMounts)
            map.add("storage_opt", names: part.driverOptions)
        }
        if let part = spec.logging {
            var logging = YAMLMap()
            logging.add("driver", text: part.driver)
            logging.add("options", names: part.options)
            map.add("logging", map: logging)
        }
        if let part = spec.lifecycle {
            map.add("restart", text: part.restart)
            map.add("container_name", text: part.containerName)
            map.add("profiles", list: part.profiles)
            map.add("depends_on", map: Self.dependencies(part.dependencies))
        }
        if let probe = spec.probe { map.add("healthcheck", map: Self.healthcheck(probe)) }
        map.add("platform", text: spec.placement?.platform)
        map.add("annotations", names: spec.notes?.annotations ?? [:])
    }

    private static func healthcheck(_ probe: ContainerProbe) -> YAMLMap {
        var map = YAMLMap()
        map.add("test", list: probe.test)
        for (key, time) in [
            ("interval", probe.interval), ("timeout", probe.timeout), ("start_period", probe.startPeriod),
            ("start_interval", probe.startInterval),
        ] { map.add(key, text: time.map { "\($0)ms" }) }
        map.add("retries", number: probe.retries)
        map.add("disable", flag: probe.isDisabled)
        return map
    }

    private static func dependencies(_ all: [ContainerLifecycle.Dependency]) -> YAMLMap {
        var map = YAMLMap()
        for dependency in all {
            var part = YAMLMap()
            part.add("condition", text: dependency.condition.rawValue)
            part.add("required", flag: dependency.isRequired, unless: true)
            map.add(dependency.service, map: part)
        }
        return map
    }
}

extension ServiceWriter {
    private static func write(_ part: ContainerIsolation, _ map: inout YAMLMap) {
        map.add("pid", text: part.pid)
        map.add("ipc", text: part.ipc)
        map.add("uts", text: part.uts)
        map.add("userns_mode", text: part.userNamespace)
        map.add("cgroup", text: part.cgroup)
        map.add("cgroup_parent", text: part.cgroupParent)
        map.add("runtime", text: part.runtime)
        map.add("security_opt", list: part.securityOptions)
        map.add("group_add", list: part.groups)
        map.add("sysctls", names: part.sysctls)
        map.add("devices", list: part.devices)
        map.add("device_cgroup_rules", list: part.deviceRules)
        map.add("gpus", text: part.gpus)
    }

    private static func write(_ part: ContainerLimits, _ map: inout YAMLMap) {
        map.add("mem_reservation", number: part.memoryReservation)
        map.add("memswap_limit", number: part.memoryAndSwap)
        map.add("mem_swappiness", number: part.swappiness)
        map.add("cpu_period", number: part.cpuPeriod)
        map.add("cpu_quota", number: part.cpuQuota)
        map.add("cpus", text: part.nanoCPUs.map { "\(Double($0) / 1e9)" })
        map.add("cpuset", text: part.cpuSet)
        map.add("pids_limit", number: part.processes)
        map.add("shm_size", number: part.sharedMemory)
        map.add("oom_kill_disable", flag: part.isOutOfMemoryKillDisabled)
        map.add("oom_score_adj", number: part.outOfMemoryScore)
        map.add("blkio_weight", number: part.blockWeight)
        for (key, items) in part.blockDevices.sorted(by: { $0.key < $1.key }) { map.add(key, list: items) }
        var ulimits = YAMLMap()
        for (name, limit) in part.ulimits.sorted(by: { $0.key < $1.key }) {
            var item = YAMLMap()
            item.add("soft", number: limit.soft)
            item.add("hard", number: limit.hard)
            ulimits.add(name, map: item)
        }
        map.add("ulimits", map: ulimits)
    }

    private static func write(_ part: LoadBalancer, _ map: inout YAMLMap) {
        var balancer = YAMLMap()
        let rules = part.rules.map { rule -> YAMLTree in
            var item = YAMLMap()
            item.add("source_port", number: rule.sourcePort)
            item.add("target_port", number: rule.targetPort)
            item.add("protocol", text: rule.protocol)
            item.add("service", text: rule.service)
            item.add("selector", text: rule.selector)
            item.add("hostname", text: rule.hostname)
            item.add("path", text: rule.path)
            item.add("priority", number: rule.priority)
            item.add("weight", number: rule.weight)
            item.add("backend_name", text: rule.backendName)
            item.add("region", text: rule.region)
            item.add("environment", text: rule.environment)
            return item.tree
        }
        if !rules.isEmpty { balancer.add("port_rules", .list(rules)) }
        balancer.add("certs", list: part.certificates)
        balancer.add("default_cert", text: part.defaultCertificate)
        balancer.add("config", text: part.configuration)
        balancer.add("stickiness_policy", names: part.stickiness)
        map.add("lb_config", map: balancer)
        map.add("external_ips", list: part.externalAddresses)
    }

    private static func write(_ part: ContainerNetworking, _ map: inout YAMLMap) {
        map.add("expose", list: part.exposed)
        map.add("domainname", text: part.domainName)
        map.add("dns_search", list: part.dnsSearch)
        map.add("dns_opt", list: part.dnsOptions)
        map.add("mac_address", text: part.macAddress)
        var networks = YAMLMap()
        for (name, attachment) in part.networks.sorted(by: { $0.key < $1.key }) {
            var item = YAMLMap()
            item.add("aliases", list: attachment.aliases)
            item.add("ipv4_address", text: attachment.ipv4Address)
            item.add("ipv6_address", text: attachment.ipv6Address)
            item.add("mac_address", text: attachment.macAddress)
            networks.add(name, item.tree)
        }
        map.add("networks", map: networks)
    }
}
