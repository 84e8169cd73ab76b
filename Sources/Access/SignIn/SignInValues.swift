import Outbound
import StackFile

/// Reads values out of the file that says how people sign in; each says what is wrong and gives nil.
struct SignInValues {
    var diagnostics = Diagnostics()

    /// The issuer of an OpenID provider is kept letter for letter: its tokens are compared with it.
    mutating func address(_ node: YAMLNode?, _ name: String, trimmed: Bool = true) -> String? {
        guard let node, let address = text(node, name) else { return nil }
        if let problem = OutboundAddress.problem(address) {
            diagnostics.error(node.place, "\(name): \"\(address)\" \(problem)", hint: "HTTP is for this machine alone")
            return nil
        }
        return trimmed && address.hasSuffix("/") ? String(address.dropLast()) : address
    }

    /// A list that has something in it: an empty one would let in nobody, or everybody, as one reads it.
    mutating func list(_ node: YAMLNode?, _ name: String) -> [String] {
        guard let node, let texts = texts(node, name) else { return [] }
        if texts.isEmpty { diagnostics.error(node.place, "\(name) is empty", hint: "leave it out, or name somebody") }
        return texts
    }

    mutating func mapping(_ node: YAMLNode, _ name: String, known: [String]) -> [String: YAMLNode]? {
        guard let pairs = node.mapping else {
            diagnostics.error(node.place, "\(name) must be a mapping, not \(node.kind)")
            return nil
        }
        for pair in pairs where !known.contains(pair.key) {
            diagnostics.error(
                pair.keyPlace, "unknown key \"\(pair.key)\" in \(name)", hint: Suggestion.hint(for: pair.key, in: known)
            )
        }
        return Dictionary(pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func required(_ key: String, _ map: [String: YAMLNode], _ node: YAMLNode) -> String? {
        guard let value = map[key] else {
            diagnostics.error(node.place, "\(key) is missing")
            return nil
        }
        return text(value, key)
    }

    mutating func text(_ node: YAMLNode?, _ name: String) -> String? {
        guard let node else { return nil }
        if let text = node.text, !node.isNull, !text.isEmpty { return text }
        diagnostics.error(node.place, "\(name) must be text, not \(node.kind)")
        return nil
    }

    mutating func texts(_ node: YAMLNode?, _ name: String) -> [String]? {
        guard let node else { return nil }
        guard let items = node.sequence else {
            diagnostics.error(node.place, "\(name) must be a list, not \(node.kind)", hint: "\(name): [a, b]")
            return nil
        }
        return items.compactMap { text($0, "an item of \(name)") }
    }
}
