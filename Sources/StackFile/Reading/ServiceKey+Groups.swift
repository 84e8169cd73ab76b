internal import Model

// Keys that are one value of a group of the spec.
extension ServiceKeys {
    typealias Field<Part, Value> = any WritableKeyPath<Part, Value> & Sendable
    typealias Group<Part> = Field<ServiceSpec, Part?>

    static func text<Part: ServicePart>(
        _ group: Group<Part>, _ field: Field<Part, String?>
    ) -> ServiceKey {
        .waiting(nil) { $0.readText($1, group, field) }
    }

    static func spare<Part: ServicePart>(
        _ group: Group<Part>, _ field: Field<Part, String?>
    ) -> ServiceKey {
        .spare(nil) { $0.readText($1, group, field) }
    }

    static func list<Part: ServicePart>(
        _ group: Group<Part>, _ field: Field<Part, [String]>
    ) -> ServiceKey {
        .waiting(nil) { $0.readList($1, group, field) }
    }

    static func names<Part: ServicePart>(
        _ group: Group<Part>,
        _ field: Field<Part, [String: String]>
    ) -> ServiceKey {
        .waiting(nil) { $0.readNames($1, group, field) }
    }

    static func number(_ field: Field<ContainerLimits, Int64?>) -> ServiceKey {
        .read { reader, node in
            let value = reader.int(node, reader.key, -1...Int.max).map(Int64.init)
            reader.change(\.limits) { $0[keyPath: field] = value }
        }
    }

    /// `path:rate` items.
    static func blocks(_ name: String) -> ServiceKey {
        .spare(nil) { reader, node in
            let items =
                node.mapping.map { pairs in pairs.compactMap { pair in pair.value.text.map { "\(pair.key):\($0)" } } }
                ?? reader.strings(node, name) ?? []
            reader.change(\.limits) { $0.blockDevices[name] = items }
        }
    }

    static func json(_ field: Field<ServiceNotes, String?>) -> ServiceKey {
        .waiting("it is Rancher's own infrastructure") { reader, node in
            reader.change(\.notes) { $0[keyPath: field] = node.json }
        }
    }

    static func hook(_ name: String) -> ServiceKey {
        .waiting(nil) { reader, node in reader.change(\.lifecycle) { $0.hooks[name] = node.json } }
    }
}

extension ServiceReader {
    /// A namespace that is not the container's own: that of the host, or of another container, which waits.
    mutating func readNamespace(
        _ node: YAMLNode, _ field: WritableKeyPath<ContainerIsolation, String?>, own: [String]
    ) {
        guard let text = string(node, key) else { return }
        if let other = ServiceSpec.sharedService(text) {
            checkUnit(other, node.place, "\(key): \"\(text)\"")
        } else if !own.contains(text) {
            return error(node.place, "\(key) is \(node.kind)", hint: Suggestion.hint(for: text, in: own))
        }
        change(\.isolation) { $0[keyPath: field] = text }
    }

    mutating func readList<Part: ServicePart>(
        _ node: YAMLNode, _ group: WritableKeyPath<ServiceSpec, Part?>, _ field: WritableKeyPath<Part, [String]>
    ) {
        let items = strings(node, key) ?? []
        change(group) { $0[keyPath: field] = items }
    }

    mutating func readNames<Part: ServicePart>(
        _ node: YAMLNode, _ group: WritableKeyPath<ServiceSpec, Part?>,
        _ field: WritableKeyPath<Part, [String: String]>
    ) {
        let values = values(node, key)
        change(group) { $0[keyPath: field] = values }
    }

    mutating func readText<Part: ServicePart>(
        _ node: YAMLNode, _ group: WritableKeyPath<ServiceSpec, Part?>, _ field: WritableKeyPath<Part, String?>
    ) {
        guard let text = string(node, key) else { return }
        change(group) { $0[keyPath: field] = text }
    }

    /// Names and texts, as a mapping or as `NAME=text` items.
    mutating func values(_ node: YAMLNode, _ key: String) -> [String: String] {
        var result: [String: String] = [:]
        for pair in pairs(node, key) ?? [] { result[pair.key] = pair.value.isNull ? "" : pair.value.text }
        return result
    }

    /// Whole numbers, or sizes like `64m`.
    mutating func readBytes(_ node: YAMLNode, _ key: String, _ field: WritableKeyPath<ContainerLimits, Int64?>) {
        guard let bytes = bytes(node, key) else { return }
        change(\.limits) { $0[keyPath: field] = bytes }
    }

    mutating func bytes(_ node: YAMLNode, _ key: String) -> Int64? {
        if let bytes = node.text.flatMap(Quantities.bytes) { return bytes }
        error(node.place, "\(key) must be a size like 512m, not \(node.kind)")
        return nil
    }

    mutating func milliseconds(_ node: YAMLNode, _ key: String) -> Int? {
        if let time = node.text.flatMap(Quantities.milliseconds) { return time }
        error(node.place, "\(key) must be a time like 30s or 1m30s, not \(node.kind)")
        return nil
    }

    /// Billionths of a processor: `0.5` is 500,000,000.
    mutating func processors(_ node: YAMLNode, _ key: String) -> Int64? {
        if let number = node.text.flatMap({ Double($0) }), (0...100_000).contains(number) {
            return Int64((number * 1e9).rounded())
        }
        error(node.place, "\(key) must be a number of processors like 0.5, not \(node.kind)")
        return nil
    }
}
