/// A failure as an API answer carries it: a problem document of RFC 9457, `application/problem+json`.
public struct Problem: Hashable, Sendable, Codable {
    /// The media type.
    public static let contentType = "application/problem+json"

    /// `urn:slipway:problem:not-found`.
    public var type: String
    /// The code in words; the same for every failure of that code.
    public var title: String
    /// The HTTP status.
    public var status: Int
    /// One sentence: names the thing, the value and what is wrong with it.
    public var detail: String
    public var code: Failure.Code
    public var hint: String?
    public var cause: String?
    public var findings: [Finding]

    public init(_ failure: Failure) {
        type = "urn:slipway:problem:\(failure.code.rawValue)"
        title = failure.code.title
        status = failure.httpStatus
        detail = failure.message
        code = failure.code
        hint = failure.hint
        cause = failure.cause
        findings = failure.findings
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        code = try container.decode(Failure.Code.self, forKey: .code)
        detail = try container.decode(String.self, forKey: .detail)
        status = try container.decode(Int.self, forKey: .status)
        type = try container.decodeIfPresent(String.self, forKey: .type) ?? "about:blank"
        title = try container.decodeIfPresent(String.self, forKey: .title) ?? code.title
        hint = try container.decodeIfPresent(String.self, forKey: .hint)
        cause = try container.decodeIfPresent(String.self, forKey: .cause)
        findings = try container.decodeIfPresent([Finding].self, forKey: .findings) ?? []
    }

    /// The failure that the document was made from.
    public var failure: Failure { Failure(code, detail, hint: hint, cause: cause, findings: findings) }
}

extension Failure.Code {
    /// The code in words.
    public var title: String {
        switch self {
        case .usage: "The request can't be understood"
        case .invalid: "Something in the request is wrong"
        case .notFound: "There is no such thing"
        case .tooLarge: "The request is too large"
        case .unsupportedMediaType: "The body is of another kind than what is read here"
        case .conflict: "The request doesn't fit the present state"
        case .unauthorized: "Nobody is signed in"
        case .forbidden: "Not allowed"
        case .methodNotAllowed: "That can't be done with it"
        case .misdirected: "The request is for another server"
        case .tooMany: "Too many requests"
        case .unavailable: "Something that Slipway needs doesn't answer"
        case .timedOut: "Time is over"
        case .failed: "It failed"
        case .rolledBack: "It failed and was rolled back"
        case .internal: "A defect of Slipway"
        }
    }
}
