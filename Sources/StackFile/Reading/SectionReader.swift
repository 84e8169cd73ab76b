internal import Model

/// Volumes, networks, configurations and secrets that files describe beside their services.
struct SectionReader {
    private let options: StackFileOptions
    private var diagnostics = Diagnostics()
    private var section = ""

    private init(_ options: StackFileOptions) { self.options = options }

    static func read(
        _ sections: [YAMLNode.Pair], _ options: StackFileOptions, into spec: inout StackSpec,
        _ diagnostics: inout Diagnostics
    ) {
        var reader = SectionReader(options)
        for pair in sections where !pair.value.isBlank {
            reader.section = pair.key
            guard let entries = pair.value.mapping else {
                reader.diagnostics.error(
                    pair.value.place, "\"\(pair.key)\" must be a mapping of \(pair.key), not \(pair.value.kind)")
                continue
            }
            switch pair.key {
            case "volumes": spec.volumes = reader.entries(entries) { $0.volume($1) }
            case "networks": spec.networks = reader.entries(entries) { $0.network($1) }
            case "configs": spec.configs = reader.entries(entries) { $0.config($1) }
            default: for entry in entries { reader.secret(entry) }
            }
        }
        diagnostics.add(reader.diagnostics.findings)
    }

    /// Nil where none of them says anything: a volume that is only named is as one that isn't named here.
    private mutating func entries<Part: ServicePart>(
        _ pairs: [YAMLNode.Pair], _ read: (inout SectionReader, YAMLNode.Pair) -> Part
    ) -> [String: Part]? {
        var result: [String: Part] = [:]
        for pair in pairs where !pair.value.isBlank {
            let part = read(&self, pair)
            if part != Part() { result[pair.key] = part }
        }
        return result.isEmpty ? nil : result
    }

    private mutating func volume(_ entry: YAMLNode.Pair) -> VolumeSpec {
        var volume = VolumeSpec()
        for option in options(of: entry) {
            switch option.key {
            case "driver": volume.driver = option.value.text.flatMap { $0 == "local" || $0.isEmpty ? nil : $0 }
            case "driver_opts": volume.driverOptions = values(option.value)
            case "external": external(option, &volume.isExternal, &volume.name)
            case "name": volume.name = option.value.text
            case "labels": volume.labels = values(option.value)
            case "per_container": volume.isPerContainer = option.value.bool ?? false
            default: unknown(entry, option, ["driver", "driver_opts", "external", "labels", "name", "per_container"])
            }
        }
        return volume
    }

    private mutating func network(_ entry: YAMLNode.Pair) -> NetworkSpec {
        var network = NetworkSpec()
        for option in options(of: entry) {
            switch option.key {
            case "driver": network.driver = option.value.text.flatMap { $0.isEmpty ? nil : $0 }
            case "driver_opts": network.driverOptions = values(option.value)
            case "external":
                external(option, &network.isExternal, &network.name)
                if network.isExternal { spare(entry, option) }
                continue
            case "name": network.name = option.value.text
            case "labels": network.labels = values(option.value)
            case "internal": network.isInternal = option.value.bool ?? false
            case "attachable": network.isAttachable = option.value.bool ?? false
            case "enable_ipv4": network.enablesIPv4 = option.value.bool
            case "enable_ipv6": network.enablesIPv6 = option.value.bool
            case "ipam": network.addressing = option.value.json
            default:
                unknown(
                    entry, option,
                    [
                        "attachable", "driver", "driver_opts", "enable_ipv4", "enable_ipv6", "external", "internal",
                        "ipam", "labels", "name",
                    ])
                continue
            }
            spare(entry, option)
        }
        return network
    }

    private mutating func config(_ entry: YAMLNode.Pair) -> ConfigSpec {
        var config = ConfigSpec()
        for option in options(of: entry) {
            switch option.key {
            case "content": config.content = option.value.text
            case "environment":
                config.variable = option.value.text
                config.content = config.variable.flatMap { self.options.environment[$0] }
                if config.content == nil {
                    diagnostics.error(option.value.place, "\(subject(entry)): its variable is not set")
                }
            case "external":
                external(option, &config.isExternal, &config.name)
                if config.isExternal { spare(entry, option) }
            case "name": config.name = option.value.text
            case "labels", "template_driver": spare(entry, option)
            case "file":
                let path = FilePath.resolved(option.value.text ?? "", beside: option.value.place.file)
                config.content = self.options.readFile?(path)
                if config.content == nil {
                    diagnostics.error(option.value.place, "\(subject(entry)): \"\(path)\" can't be read")
                }
            default:
                unknown(entry, option, ["content", "environment", "external", "file", "labels", "name"])
            }
        }
        return config
    }

    /// All are Slipway's own; what they are is not the file's to say.
    private mutating func secret(_ entry: YAMLNode.Pair) {
        let hint = "set it with `slipway secrets set \(entry.key) --file`, and write \"external: true\" here"
        guard !entry.value.isBlank else {
            return diagnostics.error(entry.keyPlace, "secret \"\(entry.key)\" says nothing", hint: hint)
        }
        guard let options = entry.value.mapping else {
            return diagnostics.error(
                entry.value.place, "secret \"\(entry.key)\" must be a mapping, not \(entry.value.kind)")
        }
        for option in options where !option.value.isBlank {
            if option.key == "external", option.value.bool == true || option.value.mapping != nil { continue }
            if option.key == "name", option.value.text == entry.key { continue }
            diagnostics.error(
                option.keyPlace, "secret \"\(entry.key)\": \"\(option.key)\" is not carried out", hint: hint)
        }
    }
}

// What the sections have in common.
extension SectionReader {
    private mutating func options(of entry: YAMLNode.Pair) -> [YAMLNode.Pair] {
        guard let options = entry.value.mapping else {
            diagnostics.error(
                entry.value.place, "\(section): \"\(entry.key)\" must be a mapping, not \(entry.value.kind)")
            return []
        }
        return options.filter { !$0.value.isBlank && !$0.key.hasPrefix("x-") }
    }

    private func values(_ node: YAMLNode) -> [String: String] {
        Dictionary(
            (ServiceMerge.pairs(node) ?? []).map { ($0.key, $0.value.isNull ? "" : $0.value.text ?? $0.value.json) },
            uniquingKeysWith: { _, later in later })
    }

    /// `external: true`, or `external: {name: x}`.
    private func external(_ option: YAMLNode.Pair, _ isExternal: inout Bool, _ name: inout String?) {
        isExternal = option.value.bool ?? (option.value.mapping != nil)
        name = option.value["name"]?.text ?? name
    }

    private func subject(_ entry: YAMLNode.Pair) -> String { "\(section.dropLast()) \"\(entry.key)\"" }

    private mutating func spare(_ entry: YAMLNode.Pair, _ option: YAMLNode.Pair) {
        diagnostics.warn(option.keyPlace, "\(subject(entry)): \"\(option.key)\" is read but not used yet")
    }

    private mutating func unknown(_ entry: YAMLNode.Pair, _ option: YAMLNode.Pair, _ known: [String]) {
        diagnostics.error(
            option.keyPlace, "\(subject(entry)): unknown key \"\(option.key)\"",
            hint: Suggestion.hint(for: option.key, in: known))
    }
}
