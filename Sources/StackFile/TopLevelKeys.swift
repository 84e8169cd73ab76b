/// What may stand beside `services`, and what we do with it.
enum TopLevelKeys {
    /// Keys that both v1 and later files may have.
    static let common: Set<String> = [".catalog", "catalog"]

    /// Read, and no harm in not using it yet.
    private static let unused: Set<String> = ["name", "networks", "dependencies", ".catalog", "catalog"]

    /// Leaving it out would change what runs.
    private static let refused: Set<String> = [
        "containers", "load_balancers", "storage_drivers", "network_drivers", "virtual_machines", "external_services",
        "aliases", "configs", "hosts", "include", "models",
    ]

    static func reportCommon(_ pairs: [YAMLNode.Pair], _ diagnostics: inout Diagnostics) {
        for pair in pairs where common.contains(pair.key) { warn(pair, &diagnostics) }
    }

    static func report(_ pairs: [YAMLNode.Pair], _ diagnostics: inout Diagnostics) {
        let known = unused.union(refused).union(["version", "services", "volumes", "secrets"])
        for pair in pairs where !pair.key.hasPrefix("x-") && !isEmpty(pair.value) {
            switch pair.key {
            case "version", "services": break
            case "volumes": volumes(pair.value, &diagnostics)
            case "secrets": secrets(pair.value, &diagnostics)
            case let key where unused.contains(key): warn(pair, &diagnostics)
            case let key where refused.contains(key):
                diagnostics.error(
                    pair.keyPlace, "\"\(key)\" is not carried out yet, and leaving it out would change what runs")
            default:
                diagnostics.error(
                    pair.keyPlace, "unknown key \"\(pair.key)\" beside \"services\"",
                    hint: Suggestion.nearest(to: pair.key, in: known).map { "did you mean \"\($0)\"?" }
                        ?? "services stand under \"services\"")
            }
        }
    }

    private static func volumes(_ node: YAMLNode, _ diagnostics: inout Diagnostics) {
        guard let volumes = node.mapping else {
            diagnostics.error(node.place, "\"volumes\" must be a mapping of volumes, not \(node.kind)")
            return
        }
        for volume in volumes {
            for option in volume.value.mapping ?? [] where !isEmpty(option.value) {
                if option.key == "driver", option.value.text == "local" { continue }
                if ["external", "name", "labels"].contains(option.key) {
                    warn(option, &diagnostics)
                } else {
                    diagnostics.error(
                        option.keyPlace, "volume \"\(volume.key)\": \"\(option.key)\" is not carried out yet",
                        hint: "only local volumes without options")
                }
            }
        }
    }

    /// All are Slipway's own; what they are is not the file's to say.
    private static func secrets(_ node: YAMLNode, _ diagnostics: inout Diagnostics) {
        guard let secrets = node.mapping else {
            diagnostics.error(node.place, "\"secrets\" must be a mapping of secrets, not \(node.kind)")
            return
        }
        for secret in secrets {
            let hint = "set it with `slipway secrets set \(secret.key) --file`, and write \"external: true\" here"
            guard !isEmpty(secret.value) else {
                diagnostics.error(secret.keyPlace, "secret \"\(secret.key)\" says nothing", hint: hint)
                continue
            }
            guard let options = secret.value.mapping else {
                diagnostics.error(
                    secret.value.place, "secret \"\(secret.key)\" must be a mapping, not \(secret.value.kind)")
                continue
            }
            for option in options where !isEmpty(option.value) {
                if option.key == "external", option.value.bool == true || option.value.mapping != nil { continue }
                if option.key == "name", option.value.text == secret.key { continue }
                diagnostics.error(
                    option.keyPlace, "secret \"\(secret.key)\": \"\(option.key)\" is not carried out", hint: hint)
            }
        }
    }

    private static func warn(_ pair: YAMLNode.Pair, _ diagnostics: inout Diagnostics) {
        diagnostics.warn(pair.keyPlace, "\"\(pair.key)\" is read but not used yet")
    }

    private static func isEmpty(_ node: YAMLNode) -> Bool {
        node.isNull || node.mapping?.isEmpty == true || node.sequence?.isEmpty == true
    }
}
