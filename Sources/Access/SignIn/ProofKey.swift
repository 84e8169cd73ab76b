import Crypto
import Foundation

/// Proof Key for Code Exchange, `S256` (RFC 7636).
enum ProofKey {
    /// What the browser carries to the provider: the SHA-256 of the verifier.
    static func challenge(of verifier: String) -> String {
        Data(SHA256.hash(data: Data(verifier.utf8))).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
