import JWTKit

/// A public key of a provider (RFC 7517). What isn't known of it is left alone: a set may hold keys of every kind.
struct SigningKey: Hashable, Sendable, Decodable {
    var kty: String
    var kid: String?
    var use: String?
    var alg: String?
    var n: String?
    var e: String?
    var crv: String?
    var x: String?
    var y: String?

    /// Whether it may have signed a token whose head names that algorithm.
    func fits(_ algorithm: IDTokenAlgorithm) -> Bool {
        kty == algorithm.keyType && use ?? "sig" == "sig" && alg ?? algorithm.rawValue == algorithm.rawValue
            && algorithm.curve.map { $0 == crv } ?? true
    }
}

/// A provider's set of keys.
struct SigningKeys: Hashable, Sendable, Decodable {
    var keys: [SigningKey]

    init(keys: [SigningKey]) { self.keys = keys }

    init(from decoder: any Decoder) throws {
        keys = try decoder.container(keyedBy: CodingKeys.self).decode([Lenient].self, forKey: .keys).compactMap(\.key)
    }

    private enum CodingKeys: String, CodingKey { case keys }

    /// A key that can't be read is nobody's error but its own.
    private struct Lenient: Decodable {
        var key: SigningKey?
        init(from decoder: any Decoder) throws { key = try? SigningKey(from: decoder) }
    }

    /// Those that may have signed a token of that algorithm and key id; without an id, all of that kind.
    func candidates(_ algorithm: IDTokenAlgorithm, kid: String?) -> [SigningKey] {
        keys.filter { $0.fits(algorithm) && (kid == nil || $0.kid == kid) }
    }
}

/// The algorithms that an ID token may be signed with: signatures of a public key. `none` and the HMAC ones, for which
/// a public key would be the secret, are not among them.
enum IDTokenAlgorithm: String, Hashable, Sendable, CaseIterable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"

    var keyType: String {
        switch self {
        case .rs256, .rs384, .rs512: "RSA"
        case .es256, .es384, .es512: "EC"
        }
    }

    /// The curve of an elliptic key.
    var curve: String? {
        switch self {
        case .rs256, .rs384, .rs512: nil
        case .es256: "P-256"
        case .es384: "P-384"
        case .es512: "P-521"
        }
    }

    /// A collection of that one key, for this algorithm alone. Throws for a key that can't be one.
    func collection(of key: SigningKey) async throws -> JWTKeyCollection {
        let collection = JWTKeyCollection()
        let point = (x: key.x ?? "", y: key.y ?? "")
        switch self {
        case .rs256: await collection.add(rsa: try Self.rsa(key), digestAlgorithm: .sha256)
        case .rs384: await collection.add(rsa: try Self.rsa(key), digestAlgorithm: .sha384)
        case .rs512: await collection.add(rsa: try Self.rsa(key), digestAlgorithm: .sha512)
        case .es256: await collection.add(ecdsa: try ES256PublicKey(parameters: point))
        case .es384: await collection.add(ecdsa: try ES384PublicKey(parameters: point))
        case .es512: await collection.add(ecdsa: try ES512PublicKey(parameters: point))
        }
        return collection
    }

    /// 2048 bits or more: smaller ones are refused below.
    private static func rsa(_ key: SigningKey) throws -> Insecure.RSA.PublicKey {
        try Insecure.RSA.PublicKey(modulus: key.n ?? "", exponent: key.e ?? "")
    }
}
