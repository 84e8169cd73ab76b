internal import Model

/// What a container may use, and what it may reach of its machine.
extension ServiceReader {
    mutating func readUlimits(_ node: YAMLNode) {
        guard let pairs = node.mapping else {
            return error(node.place, "ulimits must be a mapping, not \(node.kind)")
        }
        for pair in pairs {
            let soft = pair.value["soft"] ?? pair.value
            let hard = pair.value["hard"] ?? soft
            guard let first = soft.int ?? hard.int, let last = hard.int else {
                error(pair.value.place, "ulimits: \(pair.key) must be a number, or soft and hard")
                continue
            }
            change(\.limits) { $0.ulimits[pair.key] = .init(soft: Int64(first), hard: Int64(last)) }
        }
    }

    mutating func readBlockLimits(_ node: YAMLNode) {
        checkKeys(
            node, "blkio_config",
            known: [
                "weight", "weight_device", "device_read_bps", "device_read_iops", "device_write_bps",
                "device_write_iops",
            ])
        for pair in node.mapping ?? [] where pair.key != "weight" {
            let items = (pair.value.sequence ?? []).compactMap { item in
                item["path"]?.text.map { "\($0):\((item["rate"] ?? item["weight"])?.text ?? "")" }
            }
            let name = pair.key == "weight_device" ? "blkio_weight_device" : pair.key
            change(\.limits) { $0.blockDevices[name] = items }
        }
        if let weight = node["weight"], let number = int(weight, "blkio_config.weight", 0...1000) {
            change(\.limits) { $0.blockWeight = number }
        }
    }

    mutating func readDevices(_ node: YAMLNode) {
        guard let items = node.sequence else { return error(node.place, "devices must be a list, not \(node.kind)") }
        var devices: [String] = []
        for item in items {
            if item.mapping != nil {
                checkKeys(item, "devices", known: ["source", "target", "permissions"])
                guard let source = item["source"]?.text else {
                    error(item.place, "devices: a device has no source")
                    continue
                }
                devices.append("\(source):\(item["target"]?.text ?? source):\(item["permissions"]?.text ?? "rwm")")
            } else if let text = string(item, "an item of devices") {
                devices.append(text)
            }
        }
        change(\.isolation) { $0.devices = devices }
    }

    mutating func readLogging(_ node: YAMLNode) {
        guard node.mapping != nil else { return error(node.place, "logging must be a mapping, not \(node.kind)") }
        checkKeys(node, "logging", known: ["driver", "options"])
        let driver = node["driver"]?.text
        let options = node["options"].map { values($0, "logging.options") } ?? [:]
        change(\.logging) {
            $0.driver = driver?.isEmpty == false ? driver : nil
            $0.options = options
        }
    }

    /// compose's `healthcheck`.
    mutating func readProbe(_ node: YAMLNode) {
        guard node.mapping != nil else { return error(node.place, "healthcheck must be a mapping, not \(node.kind)") }
        checkKeys(
            node, "healthcheck",
            known: ["test", "interval", "timeout", "start_period", "start_interval", "retries", "disable"])
        var probe = ContainerProbe()
        if let test = node["test"], !test.isNull {
            probe.test = test.text.map { ["CMD-SHELL", $0] } ?? strings(test, "healthcheck.test") ?? []
            if let first = probe.test.first, !["CMD", "CMD-SHELL", "NONE"].contains(first) {
                error(test.place, "healthcheck.test begins with \"\(first)\"", hint: "CMD, CMD-SHELL or NONE")
            }
        }
        let times: [(String, WritableKeyPath<ContainerProbe, Int?>)] = [
            ("interval", \.interval), ("timeout", \.timeout), ("start_period", \.startPeriod),
            ("start_interval", \.startInterval),
        ]
        for (key, field) in times {
            if let time = node[key], !time.isNull { probe[keyPath: field] = milliseconds(time, "healthcheck.\(key)") }
        }
        if let retries = node["retries"], !retries.isNull {
            probe.retries = int(retries, "healthcheck.retries", 0...100_000)
        }
        if let disable = node["disable"], !disable.isNull {
            probe.isDisabled = bool(disable, "healthcheck.disable") ?? false
        }
        spec.probe = probe
    }
}
