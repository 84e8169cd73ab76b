/// Replaces the variables in a service's values and says which are missing where.
struct Interpolation {
    let service: String
    let options: StackFileOptions
    var diagnostics = Diagnostics()

    init(service: String, options: StackFileOptions) {
        self.service = service
        self.options = options
    }

    mutating func replace(_ node: YAMLNode, path: String) -> YAMLNode {
        switch node.content {
        case .scalar(let text, _):
            guard text.utf8.contains(UInt8(ascii: "$")) else { return node }
            return YAMLNode(.scalar(substitute(text, at: node.place, path: path), plain: false), at: node.place)
        case .sequence(let items):
            return YAMLNode(.sequence(items.map { replace($0, path: path) }), at: node.place)
        case .mapping(let pairs):
            let replaced = pairs.map { pair in
                YAMLNode.Pair(
                    key: pair.key, keyPlace: pair.keyPlace, value: replace(pair.value, path: "\(path).\(pair.key)"))
            }
            return YAMLNode(.mapping(replaced), at: node.place)
        }
    }

    private mutating func substitute(_ text: String, at place: Place, path: String) -> String {
        let subject = "service \"\(service)\": \(path)"
        do {
            let (result, unset) = try Template.substitute(text) { options.environment[$0] }
            var told: Set<String> = []
            for name in unset where told.insert(name).inserted {
                let message = "\(subject): the variable \(name) is not set"
                if options.allowUnset {
                    diagnostics.warn(place, message, hint: "a blank stands in its place")
                } else {
                    diagnostics.error(place, message, hint: options.unsetHint)
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
