/// As JSON: `{"state": "verified", "containers": 3}`, `{"state": "nothing-verified"}` or
/// `{"state": "differs", "differences": ["…"]}`.
extension Deploy.Verification: Codable {
    private struct Form: Codable {
        enum State: String, Codable, CaseIterable {
            case verified, differs
            case nothingVerified = "nothing-verified"
        }

        var state: State
        var containers: Int?
        var differences: [String]?
    }

    /// As the database has it from before there was a `state`.
    private enum OldForm: Decodable {
        case verified(containers: Int)
        case nothingVerified
        case differs([String])
    }

    public init(from decoder: any Decoder) throws {
        if let old = try? OldForm(from: decoder) {
            switch old {
            case .verified(let containers): self = .verified(containers: containers)
            case .nothingVerified: self = .nothingVerified
            case .differs(let differences): self = .differs(differences)
            }
            return
        }
        let form = try Form(from: decoder)
        switch form.state {
        case .verified: self = .verified(containers: try form.containers.required("containers", decoder))
        case .nothingVerified: self = .nothingVerified
        case .differs: self = .differs(try form.differences.required("differences", decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        let form =
            switch self {
            case .verified(let containers): Form(state: .verified, containers: containers)
            case .nothingVerified: Form(state: .nothingVerified)
            case .differs(let differences): Form(state: .differs, differences: differences)
            }
        try form.encode(to: encoder)
    }
}
