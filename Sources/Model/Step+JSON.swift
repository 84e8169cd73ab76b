/// As JSON: `{"kind": "build", "id": 12}` or `{"kind": "deploy", "id": 3}`.
extension Step.Owner: Codable {
    private struct Form: Codable {
        enum Kind: String, Codable, CaseIterable { case build, deploy }

        var kind: Kind
        var id: Int64
    }

    public init(from decoder: any Decoder) throws {
        let form = try Form(from: decoder)
        self = form.kind == .build ? .build(form.id) : .deploy(form.id)
    }

    public func encode(to encoder: any Encoder) throws {
        let form =
            switch self {
            case .build(let id): Form(kind: .build, id: id)
            case .deploy(let id): Form(kind: .deploy, id: id)
            }
        try form.encode(to: encoder)
    }
}
