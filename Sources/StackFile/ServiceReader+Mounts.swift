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
                let (mount, options) = try item.mapping == nil ? VolumeSyntax.parse(item.text ?? "") : longVolume(item)
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
        let propagations = ["shared", "rshared", "slave", "rslave", "private", "rprivate"]
        for option in options {
            if propagations.contains(option) {
                error(place, "volumes: the option \"\(option)\" is not carried out yet")
            } else {
                warn(place, "volumes: the option \"\(option)\" is read but not used yet")
            }
        }
    }

    private mutating func longVolume(
        _ node: YAMLNode
    ) throws(SyntaxProblem) -> (mount: VolumeMount, options: [String]) {
        checkKeys(
            node, "volumes",
            known: ["type", "source", "target", "read_only", "bind", "volume", "tmpfs", "consistency", "image"])
        let type = node["type"]?.text ?? "volume"
        guard ["bind", "volume"].contains(type) else {
            throw SyntaxProblem("the type \"\(type)\" is not carried out yet", hint: "bind or volume")
        }
        guard let target = node["target"]?.text, target.hasPrefix("/") else {
            throw SyntaxProblem("a volume has no target that is an absolute path")
        }
        let source = node["source"]?.text
        if type == "bind", source == nil { throw SyntaxProblem("a bind has no source") }
        let readOnly = node["read_only"]?.bool ?? false
        return (VolumeMount(source: source, target: target, readOnly: readOnly), [])
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
