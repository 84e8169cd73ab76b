internal import Model

/// What one engine has to say about one key.
struct EngineFinding: Hashable, Sendable {
    var place: Place
    /// Other places of the key, about which the readers have no more to say.
    var covers: [Place]
    var severity: Finding.Severity
    /// `service "web"`, `volume "data"`.
    var owner: String
    var key: String
    var engine: EngineKind
    /// Said of the key.
    var text: String
    var hint: String?

    /// As `slipway check` and `up` print it.
    var finding: Finding {
        place.finding(severity, "\(owner): on \(engine.name) \"\(key)\" \(text)", hint: hint)
    }
}
