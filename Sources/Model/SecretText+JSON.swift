/// As JSON: `{"text": "postgres://app:"}` or `{"secret": "DB_PASSWORD"}`.
extension SecretText.Part: Codable {
    private struct Form: Codable {
        var text: String?
        var secret: String?
    }

    /// As the database has it from before.
    private enum OldForm: Decodable {
        case text(String)
        case secret(String)
    }

    public init(from decoder: any Decoder) throws {
        if let old = try? OldForm(from: decoder) {
            switch old {
            case .text(let text): self = .text(text)
            case .secret(let name): self = .secret(name)
            }
            return
        }
        let form = try Form(from: decoder)
        if let name = form.secret {
            self = .secret(name)
        } else {
            self = .text(try form.text.required("text", decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        let form =
            switch self {
            case .text(let text): Form(text: text)
            case .secret(let name): Form(secret: name)
            }
        try form.encode(to: encoder)
    }
}
