internal import Model

/// Replaces the variables in values and says which are missing where.
struct Interpolation {
    /// What the values are of: `service "web"`.
    let subject: String
    let options: StackFileOptions
    var diagnostics = Diagnostics()

    init(subject: String, options: StackFileOptions) {
        self.subject = subject
        self.options = options
    }

    mutating func replace(_ node: YAMLNode, path: String) -> YAMLNode {
        var result = node
        switch node.content {
        case .scalar(let text, _):
            guard text.utf8.contains(UInt8(ascii: "$")) else { return node }
            result.content = .scalar(substitute(text, at: node.place, path: path), plain: false)
        case .sequence(let items):
            result.content = .sequence(
                items.compactMap { item in
                    let replaced = replace(item, path: path)
                    return replaced == item ? item : withoutBlanks(replaced, path: path)
                })
        case .mapping(let pairs):
            result.content = .mapping(replace(pairs, path: path))
        }
        return result
    }

    /// Values of a mapping; keys are never interpolated.
    mutating func replace(_ pairs: [YAMLNode.Pair], path: String) -> [YAMLNode.Pair] {
        pairs.map { pair in
            YAMLNode.Pair(
                key: pair.key, keyPlace: pair.keyPlace,
                value: replace(pair.value, path: path.isEmpty ? pair.key : "\(path).\(pair.key)"))
        }
    }

    /// Lists whose items mean nothing when a variable that is blank leaves nothing of them, or nothing before their colon.
    private static let lists: Set<String> = [
        "volumes", "ports", "expose", "links", "external_links", "volumes_from", "devices", "dns", "dns_search",
        "dns_opt", "extra_hosts", "env_file", "tmpfs", "cap_add", "cap_drop", "security_opt", "group_add", "networks",
    ]

    /// The item; nil where blank variables left nothing of it, which a warning says.
    private mutating func withoutBlanks(_ item: YAMLNode, path: String) -> YAMLNode? {
        guard Self.lists.contains(path), let text = item.text else { return item }
        if path == "volumes", text.hasPrefix(":/") {
            diagnostics.warn(
                item.place, "\(subject): volumes: the source before \"\(text)\" is blank",
                hint: "the volume has no name and is the container's own")
            return YAMLNode(.scalar(String(text.dropFirst()), plain: false), at: item.place)
        }
        let isCut = path == "extra_hosts" ? text.hasSuffix(":") : text.hasPrefix(":") && path != "ports"
        guard isCut || text.allSatisfy({ ":/= ".contains($0) }) else { return item }
        diagnostics.warn(
            item.place, "\(subject): \(path): an item is blank after its variables were replaced",
            hint: "it is left out")
        return nil
    }

    private mutating func substitute(_ text: String, at place: Place, path: String) -> String {
        let subject = path.isEmpty ? subject : "\(subject): \(path)"
        do {
            let (result, unset) = try Template.substitute(text) { options.environment[$0] }
            var told: Set<String> = []
            for name in unset where told.insert(name).inserted {
                let message = "\(subject): the variable \(name) is not set"
                if options.allowUnset {
                    diagnostics.warn(place, message, hint: "a blank stands in its place")
                } else {
                    diagnostics.error(place, message, hint: options.unsetHint(of: name))
                }
            }
            return result
        } catch {
            switch error {
            case .required(let variable, let reason):
                let why = reason.isEmpty ? "" : ": \(reason)"
                diagnostics.error(place, "\(subject): the variable \(variable) is required\(why)")
            case .invalid:
                diagnostics.error(
                    place, "\(subject): \"\(text.prefix(100))\" is no valid interpolation",
                    hint: "a $ that is meant as such is written $$")
            }
        }
        return text
    }
}
