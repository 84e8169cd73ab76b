import Crypto
import CryptoExtras
import Foundation
import JWTKit

@testable import Access

/// A signing key of a stub provider.
struct StubKey: Sendable {
    let kid: String
    private let elliptic: P256.Signing.PrivateKey?
    private let rsa: _RSA.Signing.PrivateKey?

    static func elliptic(_ kid: String) -> StubKey { StubKey(kid: kid, elliptic: P256.Signing.PrivateKey(), rsa: nil) }

    static func rsa(_ kid: String) throws -> StubKey {
        StubKey(kid: kid, elliptic: nil, rsa: try _RSA.Signing.PrivateKey(keySize: .bits2048))
    }

    /// As the provider's key set has it.
    var published: [String: JSONValue] {
        get throws {
            var key: [String: JSONValue] = ["kid": .string(kid), "use": .string("sig")]
            if let elliptic {
                let point = elliptic.publicKey.rawRepresentation
                key["kty"] = .string("EC")
                key["crv"] = .string("P-256")
                key["x"] = .string(point.prefix(32).base64URL)
                key["y"] = .string(point.suffix(32).base64URL)
            } else if let rsa {
                let primitives = try rsa.publicKey.getKeyPrimitives()
                key["kty"] = .string("RSA")
                key["alg"] = .string("RS256")
                key["n"] = .string(primitives.modulus.base64URL)
                key["e"] = .string(primitives.publicExponent.base64URL)
            }
            return key
        }
    }

    func sign(_ claims: [String: JSONValue]) async throws -> String {
        let keys = JWTKeyCollection()
        let id = JWKIdentifier(string: kid)
        if let elliptic {
            await keys.add(ecdsa: try ES256PrivateKey(backing: elliptic), kid: id)
        } else if let rsa {
            await keys.add(rsa: try Insecure.RSA.PrivateKey(backing: rsa), digestAlgorithm: .sha256, kid: id)
        }
        return try await keys.sign(IDTokenClaims(claims), kid: id)
    }

    /// A token whose head says what a test wants, with that signature.
    static func forge(
        _ claims: [String: JSONValue], head: [String: JSONValue], signature: (Data) -> Data = { _ in Data() }
    ) throws -> String {
        let encoder = JSONEncoder()
        let signed = "\(try encoder.encode(head).base64URL).\(try encoder.encode(claims).base64URL)"
        return "\(signed).\(signature(Data(signed.utf8)).base64URL)"
    }
}

extension Data {
    var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
