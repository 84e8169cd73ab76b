/// As JSON: `{"kind": "hosted"}` or `{"kind": "remote", "url": "https://…"}`.
extension App.Source: Codable {
    private struct Form: Codable {
        enum Kind: String, Codable, CaseIterable { case hosted, remote }

        var kind: Kind
        var url: String?
    }

    public init(from decoder: any Decoder) throws {
        let form = try Form(from: decoder)
        switch form.kind {
        case .hosted: self = .hosted
        case .remote: self = .remote(url: try form.url.required("url", decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        let form =
            switch self {
            case .hosted: Form(kind: .hosted)
            case .remote(let url): Form(kind: .remote, url: url)
            }
        try form.encode(to: encoder)
    }
}

extension Optional {
    /// The value that this kind of thing must have. Throws as a decoder does.
    package func required(_ name: String, _ decoder: any Decoder) throws -> Wrapped {
        guard let value = self else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "has no \(name)"))
        }
        return value
    }
}
