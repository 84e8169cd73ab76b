/// The content address of an image's manifest: `sha256:` and 64 hexadecimal digits.
public struct Digest: Hashable, Sendable, Codable, LosslessStringConvertible {
    public let description: String

    /// Returns nil unless `text` is `sha256:` followed by 64 lower-case hexadecimal digits.
    public init?(_ text: String) {
        let prefix = "sha256:"
        guard text.hasPrefix(prefix) else { return nil }
        let digits = text.dropFirst(prefix.count).utf8
        guard digits.count == 64, digits.allSatisfy(\.isHexDigit) else { return nil }
        description = text
    }

    /// The first twelve digits, for people.
    public var short: String { String(description.dropFirst(7).prefix(12)) }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let digest = Digest(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\(text) is not a sha256 digest"))
        }
        self = digest
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
