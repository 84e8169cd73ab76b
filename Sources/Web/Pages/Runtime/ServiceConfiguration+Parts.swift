import Model

/// What a container may use of its machine, and where it may be.
extension ServiceConfiguration {
    var memory: [HTML] {
        var words: [HTML] = []
        if let limit = spec.memoryLimit { words.append("at most \(Words.bytes(Int(clamping: limit)))") }
        guard let limits = spec.limits else { return words }
        if let kept = limits.memoryReservation { words.append("\(Words.bytes(Int(clamping: kept))) reserved") }
        if let both = limits.memoryAndSwap {
            words.append(
                both < 0 ? "as much swap as there is" : "with swap at most \(Words.bytes(Int(clamping: both)))")
        }
        if let number = limits.swappiness { words.append("swappiness \(number)") }
        if let shared = limits.sharedMemory {
            words.append("\(Words.bytes(Int(clamping: shared))) shared, in \(code("/dev/shm"))")
        }
        if limits.isOutOfMemoryKillDisabled == true { words.append("not ended when memory is short") }
        if let score = limits.outOfMemoryScore { words.append("\(score) on the list of what is ended first") }
        return words
    }

    var processors: [HTML] {
        var words: [HTML] = []
        if let shares = spec.cpuShares { words.append("\(shares) shares") }
        guard let limits = spec.limits else { return words }
        if let most = limits.nanoCPUs { words.append("at most \(Self.decimal(most)) of one") }
        if let quota = limits.cpuQuota { words.append("\(quota) of each \(limits.cpuPeriod ?? 100_000) microseconds") }
        if let kept = limits.reservedNanoCPUs { words.append("\(Self.decimal(kept)) of one reserved") }
        if let set = limits.cpuSet { words.append("only \(code(set))") }
        return words
    }

    /// Billionths as a number with as many places as it has.
    private static func decimal(_ billionths: Int64) -> String {
        let digits = String(billionths % 1_000_000_000)
        let part = (String(repeating: "0", count: 9 - digits.count) + digits).reversed().drop { $0 == "0" }
        return "\(billionths / 1_000_000_000)" + (part.isEmpty ? "" : "." + String(part.reversed()))
    }

    var limits: [HTML] {
        guard let limits = spec.limits else { return [] }
        var words: [HTML] = limits.processes.map { ["\($0) processes"] } ?? []
        if let weight = limits.blockWeight { words.append("weight \(weight) at the disks") }
        words += limits.blockDevices.sorted { $0.key < $1.key }.flatMap { name, items in
            items.map { code("\(name): \($0)") }
        }
        return words
            + limits.ulimits.sorted { $0.key < $1.key }.map { code("\($0.key): \($0.value.soft), \($0.value.hard)") }
    }

    var namespaces: [HTML] {
        guard let isolation = spec.isolation else { return [] }
        let spaces = [
            ("processes", isolation.pid), ("shared memory", isolation.ipc), ("host name", isolation.uts),
            ("users", isolation.userNamespace), ("control groups", isolation.cgroup),
            ("parent of its control group", isolation.cgroupParent), ("runtime", isolation.runtime),
        ]
        return spaces.compactMap { name, value in value.map { "\(name): \(code($0))" } }
    }

    var hosts: [HTML] {
        guard let placement = spec.placement else { return [] }
        var words: [HTML] = placement.isGlobal ? ["one container on each that fits"] : []
        if let host = placement.host { words.append("only \(code(host))") }
        for rule in placement.affinities {
            let kind =
                switch rule.subject {
                case .hostLabel: "label"
                case .containerLabel: "a container with the label"
                case .container: "the container"
                }
            let verb = rule.isNegated ? "without" : "with"
            words.append("\(rule.isSoft ? "best " : "")\(verb) \(kind) \(code(rule.terms.joined(separator: ", ")))")
        }
        words += placement.constraints.map(code) + placement.preferences.map(code)
        if let most = placement.maxReplicasPerNode { words.append("at most \(most) on one") }
        return words
    }

    var lifecycle: [HTML] {
        guard let lifecycle = spec.lifecycle else { return [] }
        var words: [HTML] = []
        if lifecycle.startOnCreate == false {
            words.append("created, and not started")
        } else if lifecycle.startOnce == true {
            words.append("runs to its end, once\(lifecycle.restart.map { ", tried again as \($0) says" } ?? "")")
        }
        if let policy = lifecycle.scalePolicy {
            words.append("\(policy.min ?? spec.scale) to \(policy.max.map(String.init) ?? "any number of") containers")
        }
        return words
    }

    var logging: [HTML] {
        guard let logging = spec.logging else { return [] }
        return one(logging.driver) + pairs(logging.options, "=")
    }

    /// What volumes say beside their paths.
    var storage: [HTML] {
        guard let storage = spec.storage else { return [] }
        let drivers = (storage.named ?? [:]).sorted { $0.key < $1.key }.compactMap { name, volume -> HTML? in
            var words = [volume.driver, volume.name].compactMap(\.self)
            if volume.isExternal { words.append("not the stack's own") }
            if volume.isPerContainer { words.append("one for each container") }
            return words.isEmpty ? nil : "\(code(name)): \(words.joined(separator: ", "))"
        }
        return drivers + storage.mountOptions.map { "\(code($0.target)): \(code($0.option))" }
            + pairs(storage.driverOptions, "=")
    }

    func pairs(_ values: [String: String]?, _ sign: String) -> [HTML] {
        (values ?? [:]).sorted { $0.key < $1.key }.map { key, value in
            Self.isTelling(key) && !value.isEmpty ? Self.hidden(key) : code("\(key)\(sign)\(value)")
        }
    }

    /// compose's `healthcheck`.
    static func words(_ probe: ContainerProbe) -> [HTML] {
        if probe.isDisabled || probe.test.first == "NONE" {
            return ["<span class=\"muted\">none: that of the image is switched off</span>"]
        }
        let command = probe.test.dropFirst().joined(separator: " ")
        let times = """
            every \(Words.milliseconds(probe.interval ?? 30_000)), answer within \
            \(Words.milliseconds(probe.timeout ?? 30_000)), unhealthy after \(probe.retries ?? 3)
            """
        return [command.isEmpty ? "the image's own" : "<code>\(command)</code>", "in the container, \(times)"]
    }
}
