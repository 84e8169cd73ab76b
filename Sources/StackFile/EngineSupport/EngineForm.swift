/// One of the forms that a key's value may have, where they differ for an engine.
struct EngineForm: Sendable {
    /// As docs/engines.md has it; empty for any.
    let name: String
    /// Where the form is; empty where it isn't.
    let places: @Sendable (_ key: YAMLNode.Pair, _ service: JudgedService) -> [Place]

    /// Whatever it says.
    static let any = EngineForm(name: "") { key, _ in [key.keyPlace] }

    /// A switch that is on.
    static let on = scalar("true") { $0.bool == true }
    /// A switch that is off.
    static let off = scalar("false") { $0.bool == false }
    /// A number or a time that isn't 0.
    static let positive = scalar("above 0") { $0.text?.contains { ("1"..."9").contains($0) } == true }

    /// One of a few values.
    static func of(_ values: String..., named name: String? = nil) -> EngineForm {
        scalar(name ?? values.joined(separator: ", ")) { values.contains($0.text ?? "") }
    }

    /// A value whose text holds to `test`.
    static func text(_ name: String, _ test: @escaping @Sendable (String) -> Bool) -> EngineForm {
        scalar(name) { $0.text.map(test) == true }
    }

    static func scalar(_ name: String, _ test: @escaping @Sendable (YAMLNode) -> Bool) -> EngineForm {
        EngineForm(name: name) { key, _ in
            key.value.sequence == nil && key.value.mapping == nil && test(key.value) ? [key.value.place] : []
        }
    }

    /// Items of a list, or the one value that stands in place of it.
    static func items(
        _ name: String, _ test: @escaping @Sendable (YAMLNode, JudgedService) -> Bool
    ) -> EngineForm {
        EngineForm(name: name) { key, service in
            if key.value.mapping != nil { return [] }
            return (key.value.sequence ?? [key.value]).filter { test($0, service) }.map(\.place)
        }
    }
}
