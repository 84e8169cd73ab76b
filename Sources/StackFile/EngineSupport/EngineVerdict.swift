/// What an engine makes of a key.
///
/// Texts of warnings and refusals are said of the key: `is ignored`, `has no equivalent`.
enum EngineVerdict: Hashable, Sendable {
    /// What it becomes there: a field of the engine's API, or what Slipway does itself.
    case accepted(String)
    case warning(String, hint: String? = nil)
    /// Without a hint, findings say which engines take the key.
    case refused(String, hint: String? = nil)

    /// Nothing on the engine does what the key says.
    static let none = EngineVerdict.refused("has no equivalent")

    var isRefusal: Bool { if case .refused = self { true } else { false } }
}

extension EngineVerdict: ExpressibleByStringLiteral {
    /// Accepted, and what it becomes.
    init(stringLiteral text: String) { self = .accepted(text) }
}
