public import Model

/// The two files that say what a stack is: what ``StackFiles`` reads, written.
///
/// A value that no file can say (parts of secrets in the middle of a text) is left out; ``lost`` names it.
public struct ComposeText: Sendable {
    /// Text of docker-compose.yml.
    public let compose: String
    /// Text of rancher-compose.yml; nil where there is nothing to say.
    public let rancher: String?
    private let spec: StackSpec

    public init(_ spec: StackSpec) {
        self.spec = spec
        var (services, additions) = (YAMLMap(), YAMLMap())
        for service in spec.services.flatMap(\.parts) {
            services.add(service.name, ServiceWriter(service).compose.tree)
            additions.add(service.name, map: ServiceWriter(service).rancher)
        }
        var file = YAMLMap()
        file.add("version", .text("2"))
        file.add("services", services.tree)
        for (name, section) in Self.sections(spec) { file.add(name, map: section) }
        compose = Self.literal(file.tree.yaml)
        var rancherFile = YAMLMap()
        rancherFile.add("version", .text("2"))
        rancherFile.add("services", additions.tree)
        rancher = additions.isEmpty ? nil : Self.literal(rancherFile.tree.yaml)
    }

    /// What looks like a template is none.
    private static func literal(_ text: String) -> String { text.contains("{{") ? "# notemplating\n\(text)" : text }

    /// Both, one after the other.
    public var text: String {
        guard let rancher else { return compose }
        return "# docker-compose.yml\n\(compose)\n# rancher-compose.yml\n\(rancher)"
    }

    /// What a reader of the files would not find in them again: a service's key each. Empty where nothing is lost.
    public var lost: [String] {
        let sources =
            [StackFileSource(name: "docker-compose.yml", text: compose)]
            + (rancher.map { [StackFileSource(name: "rancher-compose.yml", text: $0)] } ?? [])
        guard let again = try? StackFiles.load(sources).spec else { return ["everything: the files can't be read"] }
        return spec.services.flatMap(\.parts).flatMap { service -> [String] in
            guard let other = again[service.name] else { return ["\(service.name)"] }
            var own = service
            // What a server adds to what the files say.
            own.pinnedImage = nil
            own.secrets?.app = nil
            own.secrets?.contexts = []
            own.secrets?.version = ""
            return own.changes(since: other).map { "\(service.name): \($0.name ?? $0.subject.rawValue)" }
        }
    }

    private static func sections(_ spec: StackSpec) -> [(String, YAMLMap)] {
        var (volumes, networks) = (YAMLMap(), YAMLMap())
        for (name, volume) in (spec.volumes ?? [:]).sorted(by: { $0.key < $1.key }) {
            var map = YAMLMap()
            map.add("driver", text: volume.driver)
            map.add("driver_opts", names: volume.driverOptions)
            map.add("labels", names: volume.labels)
            map.add("external", flag: volume.isExternal)
            map.add("name", text: volume.name)
            map.add("per_container", flag: volume.isPerContainer)
            volumes.add(name, map.tree)
        }
        for (name, network) in (spec.networks ?? [:]).sorted(by: { $0.key < $1.key }) {
            var map = YAMLMap()
            map.add("driver", text: network.driver)
            map.add("driver_opts", names: network.driverOptions)
            map.add("labels", names: network.labels)
            map.add("external", flag: network.isExternal)
            map.add("name", text: network.name)
            map.add("internal", flag: network.isInternal)
            networks.add(name, map.tree)
        }
        return [("volumes", volumes), ("networks", networks)]
    }
}
