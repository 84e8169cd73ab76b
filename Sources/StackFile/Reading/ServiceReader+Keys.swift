internal import Model

/// Keys of a service that need more than one line.
extension ServiceReader {
    mutating func readImage(_ node: YAMLNode) {
        guard let image = string(node, "image") else { return }
        spec.image = image
        guard ImageReference(image) == nil else { return }
        let hint =
            image.hasSuffix(":") ? "the tag is empty" : image.lowercased() == image ? nil : "names are lower-case"
        error(node.place, "\"\(image)\" is no image name", hint: hint)
    }

    mutating func readEnvironment(_ node: YAMLNode) {
        for pair in pairs(node, "environment") ?? [] {
            if pair.value.isNull {
                if let value = options.environment[pair.key] {
                    spec.environment[pair.key] = value
                } else {
                    // What the caller doesn't have may be a secret, which the server has.
                    spec.secrets = spec.secrets ?? ServiceSecrets()
                    spec.secrets?.variables[pair.key] = SecretText([.secret(pair.key)])
                }
            } else {
                spec.environment[pair.key] = pair.value.text
            }
        }
    }

    /// Later files win over earlier ones, `environment` wins over all.
    mutating func readEnvFiles(_ node: YAMLNode) {
        guard let readFile = options.readFile else {
            return error(node.place, "env_file can't be read here")
        }
        let explicit = Set((raw["environment"].flatMap { ServiceMerge.pairs($0.value) } ?? []).map(\.key))
        var values: [String: String] = [:]
        for item in node.sequence ?? [node] {
            guard let path = item.text ?? item["path"]?.text else {
                error(item.place, "env_file must be a path, not \(item.kind)")
                continue
            }
            let full = FilePath.resolved(path, beside: item.place.file)
            guard let text = readFile(full) else {
                if item["required"]?.bool != false { error(item.place, "env_file \"\(full)\" can't be read") }
                continue
            }
            do {
                let environment = options.environment
                values.merge(try Dotenv.parse(text) { environment[$0] }) { _, later in later }
            } catch {
                self.error(item.place, "env_file \"\(full)\", line \(error.line): \(error.message)")
            }
        }
        for (key, value) in values where !explicit.contains(key) { spec.environment[key] = value }
    }

    mutating func readLabels(_ node: YAMLNode) {
        spec.labels.merge(values(node, "labels")) { _, own in own }
    }

    mutating func readExtraHosts(_ node: YAMLNode) {
        if let pairs = node.mapping {
            for pair in pairs {
                for address in strings(pair.value, "extra_hosts") ?? [] {
                    spec.extraHosts.append("\(pair.key):\(address)")
                }
            }
            return
        }
        for item in node.sequence ?? [node] {
            guard let text = string(item, "an item of extra_hosts") else { continue }
            let separator: Character = text.contains("=") ? "=" : ":"
            guard let at = text.firstIndex(of: separator), at != text.startIndex,
                text.index(after: at) != text.endIndex
            else {
                error(item.place, "\"\(text)\" is no host and address", hint: "as in db:10.0.0.5")
                continue
            }
            spec.extraHosts.append("\(text[..<at]):\(text[text.index(after: at)...])")
        }
    }

    mutating func readMemoryLimit(_ node: YAMLNode, _ key: String) {
        guard let bytes = bytes(node, key) else { return }
        spec.memoryLimit = bytes > 0 ? bytes : nil
        if bytes > 0, bytes < 6 << 20 {
            error(node.place, "\(key) is \(bytes) bytes; an engine wants at least 6 MB", hint: "512m is 512 MB")
        }
    }

    mutating func readStopGracePeriod(_ node: YAMLNode) {
        spec.stopGracePeriod = node.text.flatMap(Quantities.seconds)
        if spec.stopGracePeriod == nil {
            error(node.place, "stop_grace_period must be a time like 30s or 1m30s, not \(node.kind)")
        }
    }

    /// Containers are always brought back, which is what `always` and `unless-stopped` ask for.
    mutating func readRestart(_ node: YAMLNode, _ key: String) {
        guard let policy = string(node, key) else { return }
        if ["always", "unless-stopped"].contains(policy) { return }
        if node.bool == false || policy == "on-failure" || policy.hasPrefix("on-failure:") {
            change(\.lifecycle) { $0.restart = node.bool == false ? "no" : policy }
            restart = (key, node.place)
        } else {
            error(node.place, "\(key) must be no, always, on-failure or unless-stopped, not \(node.kind)")
        }
    }

    /// Known when all keys and labels are read: what runs once is asked how often it is tried.
    mutating func checkRestart() {
        guard let restart, spec.lifecycle?.startOnce != true else { return }
        warn(
            restart.place, "\"\(restart.key)\" is read but not used yet",
            hint: "containers of a service are always brought back; io.rancher.container.start_once lets one end")
    }

    mutating func readStartOnCreate(_ node: YAMLNode) {
        guard bool(node, "start_on_create") == false else { return }
        change(\.lifecycle) { $0.startOnCreate = false }
    }

    mutating func readScalePolicy(_ node: YAMLNode) {
        guard node.mapping != nil else { return error(node.place, "scale_policy must be a mapping, not \(node.kind)") }
        checkKeys(node, "scale_policy", known: ["min", "max", "increment"])
        var policy = ContainerLifecycle.ScalePolicy()
        policy.min = node["min"].flatMap { int($0, "scale_policy.min", 0...1000) }
        policy.max = node["max"].flatMap { int($0, "scale_policy.max", 0...1000) }
        policy.increment = node["increment"].flatMap { int($0, "scale_policy.increment", 0...1000) }
        change(\.lifecycle) { $0.scalePolicy = policy }
    }

    /// Labels in files of lines, as in an `env_file`; those of `labels` win.
    mutating func readLabelFiles(_ node: YAMLNode) {
        for item in node.sequence ?? [node] {
            guard let path = string(item, "label_file") else { continue }
            let full = FilePath.resolved(path, beside: item.place.file)
            guard let text = options.readFile?(full), let labels = try? Dotenv.parse(text) else {
                error(item.place, "label_file \"\(full)\" can't be read")
                continue
            }
            spec.labels.merge(labels) { own, _ in own }
        }
    }

    mutating func readPullPolicy(_ node: YAMLNode) {
        switch node.text {
        case "always": spec.alwaysPull = true
        case "missing", "if_not_present": spec.alwaysPull = false
        case "daily", "weekly", "refresh": spec.alwaysPull = true
        case .some(let policy) where policy.hasPrefix("every_"): spec.alwaysPull = true
        case "never", "build":
            warn(node.place, "\"pull_policy: \(node.text ?? "")\" is read but not used yet", hint: "always or missing")
        default: error(node.place, "pull_policy must be always or missing, not \(node.kind)")
        }
    }
}
