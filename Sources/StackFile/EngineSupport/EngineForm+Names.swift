/// Forms that have to do with other services, hosts and users.
extension EngineForm {
    /// `1000`, `1000:1000`.
    static let number = text("a number", isNumeric)
    static let userName = text("a name") { !$0.isEmpty && !isNumeric($0) }
    static let groupNames = items("a name") { item, _ in item.text.map { !$0.isEmpty && !isNumeric($0) } == true }

    private static func isNumeric(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isNumber || $0 == ":" }
    }

    /// A name of more than one label.
    static let dotted = text("with a dot") { $0.contains(".") }

    /// What Kubernetes takes for the name of a Service (RFC 1035).
    static let noLabel = EngineForm(name: "not of lower-case letters, digits and \"-\", a letter first") { key, _ in
        key.key.count <= 63 && key.key.wholeMatch(of: #/[a-z]([-a-z0-9]*[a-z0-9])?/#) != nil ? [] : [key.keyPlace]
    }

    /// The namespace of a container that is scheduled together with this one.
    static let ofSidekick = sharing("service:, container: of a sidekick") { $1.pod.contains($0) }
    static let ofAnother = sharing("service:, container: of another") { !$1.pod.contains($0) }
    static let ofAnyService = sharing("service:, container:") { _, _ in true }

    private static func sharing(
        _ name: String, _ test: @escaping @Sendable (String, JudgedService) -> Bool
    ) -> EngineForm {
        EngineForm(name: name) { key, service in
            guard let text = key.value.text else { return [] }
            for prefix in ["service:", "container:"] where text.hasPrefix(prefix) {
                return test(String(text.dropFirst(prefix.count)), service) ? [key.value.place] : []
            }
            return []
        }
    }

    static let volumesOfSidekick = items("of a sidekick") { $1.pod.contains(source($0)) }
    static let volumesOfAnother = items("of another service") { !$1.pod.contains(source($0)) }

    private static func source(_ item: YAMLNode) -> String {
        let text = (item.text ?? "").trimmingPrefix("container:")
        return String(text.prefix { $0 != ":" })
    }

    /// `db`, by which the service can be found anyway.
    static let plainLink = items("without an alias") { item, _ in !(alias(item)) }
    static let aliasedLink = items("with an alias") { item, _ in alias(item) }

    private static func alias(_ item: YAMLNode) -> Bool {
        let parts = (item.text ?? "").split(separator: ":")
        return parts.count == 2 && parts[0] != parts[1]
    }

    static let hostGateway = EngineForm(name: "host-gateway") { key, _ in
        let values = key.value.mapping?.map(\.value) ?? key.value.sequence ?? [key.value]
        return values.filter { $0.text?.hasSuffix("host-gateway") == true }.map(\.place)
    }

    /// More than one container can't have it.
    static let scaled = EngineForm(name: "with a scale above 1") { key, service in
        service.scale > 1 ? [key.value.place] : []
    }
    static let single = EngineForm(name: "with a scale of 1") { key, service in
        service.scale > 1 ? [] : [key.value.place]
    }

    static let inHostNetwork = EngineForm(name: "true, in the host's network") { key, service in
        service.isInHostNetwork && key.value.bool == true ? [key.value.place] : []
    }
}
