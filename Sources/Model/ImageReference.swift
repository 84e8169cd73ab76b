/// An image's name as Docker writes it: `[registry/]repository[:tag][@digest]`.
///
/// Grammar: distribution/reference, where a first component with a dot, a colon or `localhost` is a registry.
public struct ImageReference: Hashable, Sendable, Codable, LosslessStringConvertible {
    /// `127.0.0.1:5000` or `registry.example.com`; nil means the engine's default registry.
    public var registry: String?
    /// `acme/orders`.
    public var repository: String
    public var tag: String?
    public var digest: Digest?

    public init(registry: String? = nil, repository: String, tag: String? = nil, digest: Digest? = nil) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    public init?(_ text: String) {
        var rest = Substring(text)
        if let at = rest.firstIndex(of: "@") {
            guard let digest = Digest(String(rest[rest.index(after: at)...])) else { return nil }
            self.digest = digest
            rest = rest[..<at]
        }
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            let tag = rest[rest.index(after: colon)...]
            guard !tag.isEmpty, tag.utf8.count <= 128, tag.utf8.allSatisfy(Self.isTagCharacter) else { return nil }
            self.tag = String(tag)
            rest = rest[..<colon]
        }
        if let slash = rest.firstIndex(of: "/") {
            let first = rest[..<slash]
            if first.contains(".") || first.contains(":") || first == "localhost" {
                registry = String(first)
                rest = rest[rest.index(after: slash)...]
            }
        }
        guard !rest.isEmpty, rest.utf8.allSatisfy(Self.isRepositoryCharacter), rest.first != "/", rest.last != "/"
        else {
            return nil
        }
        repository = String(rest)
    }

    /// Registry and repository, without tag and digest.
    public var name: String { registry.map { "\($0)/\(repository)" } ?? repository }

    public var description: String {
        name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let reference = ImageReference(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\(text) is not an image reference"))
        }
        self = reference
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    private static func isTagCharacter(_ c: UInt8) -> Bool {
        isRepositoryCharacter(c) && c != UInt8(ascii: "/") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(c)
    }

    private static func isRepositoryCharacter(_ c: UInt8) -> Bool {
        switch c {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "._-/".utf8.contains(c)
        }
    }
}
