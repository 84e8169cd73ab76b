internal import Model

/// Ports and volumes, in their short and long syntaxes.
extension ServiceReader {
    mutating func readPorts(_ node: YAMLNode) {
        guard let items = node.sequence ?? (node.text == nil ? nil : [node]) else {
            return error(node.place, "ports must be a list, not \(node.kind)")
        }
        for item in items {
            do {
                let mappings = try item.mapping == nil ? PortSyntax.parse(item.text ?? "") : longPort(item)
                spec.ports += mappings.filter { !spec.ports.contains($0) }
            } catch {
                self.error(item.place, "ports: \(error.message)", hint: error.hint)
            }
        }
    }

    private mutating func longPort(_ node: YAMLNode) throws(SyntaxProblem) -> [PortMapping] {
        checkKeys(node, "ports", known: ["target", "published", "protocol", "host_ip", "mode", "name", "app_protocol"])
        guard let target = node["target"]?.text else { throw SyntaxProblem("a port has no target") }
        var mappings = try PortSyntax.parse((node["published"]?.text).map { "\($0):\(target)" } ?? target)
        let transport = try PortSyntax.transport(node["protocol"]?.text ?? "tcp")
        for index in mappings.indices {
            mappings[index].transport = transport
            mappings[index].hostAddress = node["host_ip"]?.text
        }
        return mappings
    }

    mutating func readVolumes(_ node: YAMLNode) {
        guard let items = node.sequence ?? (node.text == nil ? nil : [node]) else {
            return error(node.place, "volumes must be a list, not \(node.kind)")
        }
        for item in items {
            do {
                let parsed = try item.mapping == nil ? VolumeSyntax.parse(item.text ?? "") : longVolume(item)
                guard let (mount, options) = parsed else { continue }
                check(mount, options, at: item.place)
                spec.volumes.removeAll { $0.target == mount.target }
                spec.volumes.append(mount)
            } catch {
                self.error(item.place, "volumes: \(error.message)", hint: error.hint)
            }
        }
    }

    private mutating func check(_ mount: VolumeMount, _ options: [String], at place: Place) {
        if let source = mount.source, source.hasPrefix(".") || source.hasPrefix("~") {
            error(
                place, "volumes: \"\(source)\" is relative to a folder that the engine's machine doesn't have",
                hint: "give an absolute path or a volume's name")
        }
        guard !options.isEmpty else { return }
        for option in options {
            let option = ContainerStorage.MountOption(target: mount.target, option: option)
            change(\.storage) { $0.mountOptions.append(option) }
            if option.isPart {
                wait(place, "volumes: the option \"\(option.option)\"")
            } else if option.isForReaders {
                warn(place, "volumes: the option \"\(option.option)\" is read but not used yet")
            }
        }
    }

    private mutating func longVolume(
        _ node: YAMLNode
    ) throws(SyntaxProblem) -> (mount: VolumeMount, options: [String])? {
        checkKeys(
            node, "volumes",
            known: ["type", "source", "target", "read_only", "bind", "volume", "tmpfs", "consistency", "image"])
        let type = node["type"]?.text ?? "volume"
        guard ["bind", "volume", "tmpfs"].contains(type) else {
            throw SyntaxProblem("the type \"\(type)\" is not carried out", hint: "bind, volume or tmpfs")
        }
        guard let target = node["target"]?.text, target.hasPrefix("/") else {
            throw SyntaxProblem("a volume has no target that is an absolute path")
        }
        if type == "tmpfs" {
            let size = node["tmpfs"]?["size"]?.text.flatMap(Quantities.bytes)
            change(\.storage) { $0.memoryMounts.append(target + (size.map { ":size=\($0)" } ?? "")) }
            return nil
        }
        let source = node["source"]?.text
        if type == "bind", source == nil { throw SyntaxProblem("a bind has no source") }
        let readOnly = node["read_only"]?.bool ?? false
        return (VolumeMount(source: source, target: target, readOnly: readOnly), longOptions(node))
    }

    /// What a long volume says beside its path, as the short ones write it where they can.
    private func longOptions(_ node: YAMLNode) -> [String] {
        var options: [String] = []
        if let propagation = node["bind"]?["propagation"]?.text { options.append(propagation) }
        if let selinux = node["bind"]?["selinux"]?.text { options.append(selinux) }
        if node["bind"]?["create_host_path"]?.bool == false { options.append("nocreate") }
        if node["volume"]?["nocopy"]?.bool == true { options.append("nocopy") }
        if let path = node["volume"]?["subpath"]?.text { options.append("subpath=\(path)") }
        if let consistency = node["consistency"]?.text { options.append(consistency) }
        return options
    }

    mutating func readConfigs(_ node: YAMLNode) {
        guard let items = node.sequence else { return error(node.place, "configs must be a list, not \(node.kind)") }
        for item in items {
            checkKeys(item, "configs", known: ["source", "target", "uid", "gid", "mode"])
            guard let source = item.text ?? item["source"]?.text else {
                error(item.place, "configs: a config has no source")
                continue
            }
            let target = item["target"]?.text ?? source
            let mode = item["mode"]?.text.flatMap { Int($0.trimmingPrefix("0o"), radix: 8) }
            let config = ContainerStorage.Config(
                source: source, target: target.hasPrefix("/") ? target : "/\(target)", uid: item["uid"]?.text,
                gid: item["gid"]?.text, mode: mode)
            change(\.storage) { $0.configs.append(config) }
        }
    }

    /// Errors for keys of a mapping that aren't known.
    mutating func checkKeys(_ node: YAMLNode, _ name: String, known: [String]) {
        for pair in node.mapping ?? [] where !known.contains(pair.key) && !pair.key.hasPrefix("x-") {
            error(
                pair.keyPlace, "unknown key \"\(pair.key)\" in \(name)",
                hint: Suggestion.hint(for: pair.key, in: known))
        }
    }
}
