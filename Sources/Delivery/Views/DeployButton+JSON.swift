import Model

/// As JSON: `{"state": "available", "kind": "rollback"}` or `{"state": "unavailable", "reason": "The tests are running"}`.
extension DeployButton: Codable {
    private struct Form: Codable {
        enum State: String, Codable, CaseIterable { case available, unavailable }

        var state: State
        var kind: Deploy.Kind?
        var reason: String?
    }

    public init(from decoder: any Decoder) throws {
        let form = try Form(from: decoder)
        switch form.state {
        case .available: self = .available(try form.kind.required("kind", decoder))
        case .unavailable: self = .unavailable(reason: try form.reason.required("reason", decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        let form =
            switch self {
            case .available(let kind): Form(state: .available, kind: kind)
            case .unavailable(let reason): Form(state: .unavailable, reason: reason)
            }
        try form.encode(to: encoder)
    }
}
