/// A git commit's full name: 40 lower-case hexadecimal digits.
public struct SHA: Hashable, Sendable, Codable, LosslessStringConvertible {
    /// All 40 digits.
    public let description: String

    /// Returns nil unless `text` is exactly 40 hexadecimal digits; upper case is folded.
    public init?(_ text: String) {
        let lowered = text.lowercased()
        guard lowered.utf8.count == 40, lowered.utf8.allSatisfy(\.isHexDigit) else { return nil }
        description = lowered
    }

    /// The first seven digits, for people.
    public var short: String { String(description.prefix(7)) }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let sha = SHA(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\(text) is not a 40-digit commit SHA"))
        }
        self = sha
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension UInt8 {
    /// 0-9 or a-f.
    var isHexDigit: Bool { (48...57).contains(self) || (97...102).contains(self) }
}
