internal import Model

/// What stands beside `services` and is a service's own matter: it goes into its spec, so that a change of it is a
/// change of the service.
extension ServiceReader {
    mutating func take(from stack: StackSpec) {
        var named: [String: VolumeSpec] = [:]
        for source in spec.volumes.compactMap(\.source) { named[source] = stack.volumes?[source] }
        if !named.isEmpty { change(\.storage) { $0.named = named } }
        for index in spec.storage?.configs.indices ?? 0..<0 {
            guard let source = spec.storage?.configs[index].source else { continue }
            let place = raw["configs"]?.value.place ?? raw.place
            guard let config = stack.configs?[source] else {
                error(
                    place, "the config \"\(source)\" is described nowhere",
                    hint: "give its content under configs, beside services")
                continue
            }
            // An engine that keeps configs itself is told its name; the table of engines says which do.
            if config.content == nil, !config.isExternal { error(place, "the config \"\(source)\" has no content") }
            change(\.storage) { $0.configs[index].content = config.content }
        }
    }
}
