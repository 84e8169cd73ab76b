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
            let full = resolved(path, beside: item.place.file)
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

    private func resolved(_ path: String, beside file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        let path = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return "\(file[..<slash])/\(path)"
    }

    mutating func readLabels(_ node: YAMLNode) {
        for pair in pairs(node, "labels") ?? [] { spec.labels[pair.key] = pair.value.isNull ? "" : pair.value.text }
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

    mutating func readMemoryLimit(_ node: YAMLNode) {
        guard let bytes = node.text.flatMap(Quantities.bytes) else {
            return error(node.place, "mem_limit must be a size like 512m, not \(node.kind)")
        }
        spec.memoryLimit = bytes > 0 ? bytes : nil
        if bytes > 0, bytes < 6 << 20 {
            error(node.place, "mem_limit is \(bytes) bytes; an engine wants at least 6 MB", hint: "512m is 512 MB")
        }
    }

    mutating func readNetworkMode(_ node: YAMLNode, _ key: String) {
        switch node.text {
        case "host", "none", "bridge": spec.networkMode = node.text
        case "managed", "default": spec.networkMode = nil
        case .some(let mode) where mode.hasPrefix("container:") || mode.hasPrefix("service:"):
            error(
                node.place, "\(key): \"\(mode)\" is not carried out yet, and leaving it out would change what runs")
        default: error(node.place, "\(key) must be host, none or bridge, not \(node.kind)")
        }
    }

    mutating func readStopGracePeriod(_ node: YAMLNode) {
        spec.stopGracePeriod = node.text.flatMap(Quantities.seconds)
        if spec.stopGracePeriod == nil {
            error(node.place, "stop_grace_period must be a time like 30s or 1m30s, not \(node.kind)")
        }
    }

    /// Containers are always brought back, which is what `always` and `unless-stopped` ask for.
    mutating func readRestart(_ node: YAMLNode) {
        guard let policy = string(node, "restart") else { return }
        if ["always", "unless-stopped"].contains(policy) { return }
        if node.bool == false || policy == "on-failure" || policy.hasPrefix("on-failure:") {
            warn(
                node.place, "\"restart\" is read but not used yet",
                hint: "containers of a service are always brought back")
        } else {
            error(node.place, "restart must be no, always, on-failure or unless-stopped, not \(node.kind)")
        }
    }

    mutating func readStartOnCreate(_ node: YAMLNode) {
        guard bool(node, "start_on_create") == false else { return }
        error(
            node.place, "\"start_on_create: false\" is not carried out yet", hint: "leave the service out, or scale: 0")
    }

    mutating func readPullPolicy(_ node: YAMLNode) {
        switch node.text {
        case "always": spec.alwaysPull = true
        case "missing", "if_not_present": spec.alwaysPull = false
        default: error(node.place, "pull_policy must be always or missing, not \(node.kind)")
        }
    }
}
