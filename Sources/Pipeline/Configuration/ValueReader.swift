internal import Model
internal import StackFile

/// Reads values out of our own configuration file; each says what is wrong and gives nil.
struct ValueReader {
    var diagnostics = Diagnostics()

    /// Pairs of a mapping by key; keys that aren't in `known` are errors. Null counts as absent.
    mutating func mapping(_ node: YAMLNode, _ name: String, known: [String]) -> [String: YAMLNode]? {
        guard let pairs = node.mapping else {
            diagnostics.error(node.place, "\(name) must be a mapping, not \(node.kind)")
            return nil
        }
        for pair in pairs where !known.contains(pair.key) && !pair.key.hasPrefix("x-") {
            let within = name.isEmpty ? "" : " in \(name)"
            diagnostics.error(
                pair.keyPlace, "unknown key \"\(pair.key)\"\(within)", hint: Suggestion.hint(for: pair.key, in: known))
        }
        let given = pairs.filter { !$0.value.isNull }
        return Dictionary(given.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func string(_ node: YAMLNode?, _ name: String) -> String? {
        guard let node else { return nil }
        if let text = node.text, !text.isEmpty { return text }
        diagnostics.error(node.place, "\(name) must be text, not \(node.kind)")
        return nil
    }

    mutating func bool(_ node: YAMLNode?, _ name: String) -> Bool? {
        guard let node else { return nil }
        if let bool = node.bool { return bool }
        diagnostics.error(node.place, "\(name) must be true or false, not \(node.kind)")
        return nil
    }

    /// Seconds, of `5m`, `90s`, `1h30m`, `1.25h` or a number of seconds.
    mutating func seconds(_ node: YAMLNode?, _ name: String) -> Int? {
        milliseconds(node, name).map { ($0 + 999) / 1000 }
    }

    mutating func milliseconds(_ node: YAMLNode?, _ name: String) -> Int? {
        guard let node else { return nil }
        if let time = node.text.flatMap(Quantities.milliseconds) { return time }
        diagnostics.error(
            node.place, "\(name) must be a time, not \(node.kind)", hint: "as in 90s, 5m, 1h30m, or a number of seconds"
        )
        return nil
    }

    /// A path in the repository.
    mutating func path(_ node: YAMLNode?, _ name: String) -> String? {
        guard let node, let path = string(node, name) else { return nil }
        if path.hasPrefix("/") || path.split(separator: "/").contains("..") {
            diagnostics.error(node.place, "\(name) is \"\(path)\", which leads out of the repository")
            return nil
        }
        return path.hasPrefix("./") && path.count > 2 ? String(path.dropFirst(2)) : path
    }

    /// A mapping of texts, or a list of `KEY=value`.
    mutating func environment(_ node: YAMLNode?, _ name: String) -> [String: String] {
        guard let node else { return [:] }
        var values: [String: String] = [:]
        if let pairs = node.mapping {
            for pair in pairs {
                if let text = pair.value.text {
                    values[pair.key] = pair.value.isNull ? "" : text
                } else {
                    diagnostics.error(pair.value.place, "\(name).\(pair.key) must be text, not \(pair.value.kind)")
                }
            }
            return values
        }
        guard let items = node.sequence else {
            diagnostics.error(node.place, "\(name) must be a mapping, not \(node.kind)")
            return [:]
        }
        for item in items {
            guard let text = item.text, let at = text.firstIndex(of: "=") else {
                diagnostics.error(item.place, "an item of \(name) must be like KEY=value, not \(item.kind)")
                continue
            }
            values[String(text[..<at])] = String(text[text.index(after: at)...])
        }
        return values
    }

    /// Names of contexts: a list, or one.
    mutating func contexts(_ node: YAMLNode?, _ name: String) -> [String] {
        guard let node else { return [] }
        guard let items = node.sequence ?? (node.text == nil ? nil : [node]) else {
            diagnostics.error(node.place, "\(name) must be a list, not \(node.kind)")
            return []
        }
        var contexts: [String] = []
        for item in items {
            guard let text = string(item, "an item of \(name)") else { continue }
            if SecretPlace.isUsable(context: text) {
                contexts.append(text)
            } else {
                diagnostics.error(item.place, "\(name): \"\(text)\" can't be a context's name")
            }
        }
        return contexts
    }

    /// Words of a command: a list, or a text that is split as a shell does.
    mutating func words(_ node: YAMLNode?, _ name: String) -> [String]? {
        guard let node else { return nil }
        if let items = node.sequence { return items.compactMap { string($0, "an item of \(name)") } }
        guard let text = string(node, name) else { return nil }
        if let words = ShellWords.split(text) { return words }
        diagnostics.error(node.place, "\(name) has a quote that is not closed: \(node.kind)")
        return nil
    }

    /// An image's name; with `tagged` false it must have no tag.
    mutating func image(_ node: YAMLNode?, _ name: String, tagged: Bool = true) -> String? {
        guard let node, let text = string(node, name) else { return nil }
        guard let reference = ImageReference(text) else {
            let hint = text.lowercased() == text ? nil : "names are lower-case"
            diagnostics.error(node.place, "\(name): \"\(text)\" is no image name", hint: hint)
            return nil
        }
        if !tagged, reference.tag != nil || reference.digest != nil {
            diagnostics.error(
                node.place, "\(name): \"\(text)\" has a tag", hint: "leave it out: the tag is always the commit's SHA")
            return nil
        }
        return text
    }
}
