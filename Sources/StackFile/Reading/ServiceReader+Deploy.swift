internal import Model

/// compose's `deploy`, which says for swarms what rancher-compose says in keys of its own.
extension ServiceReader {
    mutating func readDeploy(_ node: YAMLNode) {
        guard let pairs = node.mapping else { return error(node.place, "deploy must be a mapping, not \(node.kind)") }
        checkKeys(
            node, "deploy",
            known: [
                "mode", "replicas", "labels", "resources", "restart_policy", "update_config", "rollback_config",
                "placement", "endpoint_mode",
            ])
        for pair in pairs where !pair.value.isNull {
            switch pair.key {
            case "replicas": spec.scale = int(pair.value, "deploy.replicas", 0...1000) ?? 1
            case "mode": readMode(pair.value)
            case "labels":
                let labels = values(pair.value, "deploy.labels")
                change(\.notes) { $0.deployLabels = labels }
                warn(pair.keyPlace, "\"deploy.labels\" is read but not used yet")
            case "resources": readResources(pair.value)
            case "restart_policy": readRestartPolicy(pair.value)
            case "update_config":
                let update = update(pair.value, "deploy.update_config")
                change(\.lifecycle) { $0.update = update }
                adopt(update)
            case "rollback_config":
                let update = update(pair.value, "deploy.rollback_config")
                change(\.lifecycle) { $0.rollback = update }
                warn(pair.keyPlace, "\"deploy.rollback_config\" is read but not used yet")
            case "placement": readPlacement(pair.value)
            case "endpoint_mode":
                change(\.lifecycle) { $0.endpointMode = pair.value.text }
                warn(pair.keyPlace, "\"deploy.endpoint_mode\" is read but not used yet")
            default: break
            }
        }
    }

    private mutating func readMode(_ node: YAMLNode) {
        switch node.text {
        case "replicated": break
        case "global":
            change(\.placement) { $0.isGlobal = true }
        case "replicated-job", "global-job":
            change(\.lifecycle) { $0.startOnce = true }
            if node.text == "global-job" { change(\.placement) { $0.isGlobal = true } }
        default:
            error(
                node.place, "deploy.mode is \(node.kind)",
                hint: Suggestion.hint(
                    for: node.text ?? "", in: ["replicated", "global", "replicated-job", "global-job"]))
        }
    }

    private mutating func readResources(_ node: YAMLNode) {
        checkKeys(node, "deploy.resources", known: ["limits", "reservations"])
        for pair in node["limits"]?.mapping ?? [] where !pair.value.isNull {
            switch pair.key {
            case "memory": readMemoryLimit(pair.value, "deploy.resources.limits.memory")
            case "cpus":
                let cpus = processors(pair.value, "deploy.resources.limits.cpus")
                change(\.limits) { $0.nanoCPUs = cpus }
            case "pids":
                let number = int(pair.value, "deploy.resources.limits.pids", -1...Int.max)
                change(\.limits) { $0.processes = number.map(Int64.init) }
            default:
                error(pair.keyPlace, "unknown key \"\(pair.key)\" in limits", hint: "valid here: cpus, memory, pids")
            }
        }
        for pair in node["reservations"]?.mapping ?? [] where !pair.value.isNull {
            switch pair.key {
            case "memory":
                readBytes(pair.value, "deploy.resources.reservations.memory", \.memoryReservation)
            case "cpus":
                let cpus = processors(pair.value, "deploy.resources.reservations.cpus")
                change(\.limits) { $0.reservedNanoCPUs = cpus }
                warn(pair.keyPlace, "\"deploy.resources.reservations.cpus\" is read but not used yet")
            case "devices", "generic_resources":
                change(\.isolation) { $0.gpus = pair.value.json }
                wait(pair.keyPlace, "\"deploy.resources.reservations.\(pair.key)\"")
            default:
                error(
                    pair.keyPlace, "unknown key \"\(pair.key)\" in reservations",
                    hint: "valid here: cpus, devices, generic_resources, memory")
            }
        }
    }

    private mutating func readRestartPolicy(_ node: YAMLNode) {
        checkKeys(
            node, "deploy.restart_policy", known: ["condition", "delay", "max_attempts", "window"])
        switch node["condition"]?.text ?? "any" {
        case "any": break
        case "none": readRestart(YAMLNode(.scalar("no", plain: false), at: node.place), "deploy.restart_policy")
        case "on-failure":
            let attempts = node["max_attempts"]?.text.map { ":\($0)" } ?? ""
            readRestart(
                YAMLNode(.scalar("on-failure\(attempts)", plain: false), at: node.place), "deploy.restart_policy")
        case let other:
            error(
                node.place, "deploy.restart_policy.condition is \"\(other)\"",
                hint: Suggestion.hint(for: other, in: ["any", "none", "on-failure"]))
        }
        let delay = node["delay"].flatMap { milliseconds($0, "deploy.restart_policy.delay") }
        let window = node["window"].flatMap { milliseconds($0, "deploy.restart_policy.window") }
        if delay != nil || window != nil {
            change(\.lifecycle) {
                $0.restartDelay = delay
                $0.restartWindow = window
            }
            warn(node.place, "delay and window of \"deploy.restart_policy\" are read but not used yet")
        }
    }

    private mutating func update(_ node: YAMLNode, _ key: String) -> ContainerLifecycle.Update {
        checkKeys(
            node, key, known: ["parallelism", "delay", "failure_action", "monitor", "max_failure_ratio", "order"])
        var update = ContainerLifecycle.Update()
        update.parallelism = node["parallelism"].flatMap { int($0, "\(key).parallelism", 0...1000) }
        update.delay = node["delay"].flatMap { milliseconds($0, "\(key).delay") }
        update.monitor = node["monitor"].flatMap { milliseconds($0, "\(key).monitor") }
        update.maxFailureRatio = node["max_failure_ratio"]?.text.flatMap { Double($0) }
        update.failureAction = choice(
            node["failure_action"], "\(key).failure_action", ["pause", "continue", "rollback"])
        update.order = choice(node["order"], "\(key).order", ["start-first", "stop-first"])
        return update
    }

    private mutating func choice(_ node: YAMLNode?, _ key: String, _ choices: [String]) -> String? {
        guard let node, !node.isNull, let text = node.text else { return nil }
        if choices.contains(text) { return text }
        error(node.place, "\(key) is \"\(text)\"", hint: Suggestion.hint(for: text, in: choices))
        return nil
    }

    /// What a rollout takes from `update_config`: an `upgrade_strategy` that is given too says more.
    private mutating func adopt(_ update: ContainerLifecycle.Update) {
        guard raw["upgrade_strategy"] == nil else { return }
        let batch = update.parallelism.flatMap { $0 > 0 ? $0 : nil }
        let first = update.order.map { $0 == "start-first" }
        upgradeStrategy = UpgradeStrategy(batchSize: batch, interval: update.delay, startFirst: first)
        spec.startFirst = first
    }

    private mutating func readPlacement(_ node: YAMLNode) {
        checkKeys(node, "deploy.placement", known: ["constraints", "preferences", "max_replicas_per_node"])
        let constraints = node["constraints"].flatMap { strings($0, "deploy.placement.constraints") } ?? []
        let preferences = (node["preferences"]?.sequence ?? []).flatMap { item in
            (item.mapping ?? []).compactMap { pair in pair.value.text.map { "\(pair.key)=\($0)" } }
        }
        let most = node["max_replicas_per_node"].flatMap { int($0, "deploy.placement.max_replicas_per_node", 0...1000) }
        change(\.placement) {
            $0.constraints = constraints
            $0.preferences = preferences
            $0.maxReplicasPerNode = most
        }
    }
}
