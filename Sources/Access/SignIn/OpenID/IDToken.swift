import Foundation
import JWTKit
import Model

/// An ID token as it came, of which nothing is believed yet.
struct IDToken: Sendable {
    let text: String
    let algorithm: IDTokenAlgorithm
    /// Which of the provider's keys has signed it.
    let kid: String?

    private struct Head: Decodable {
        var alg: String?
        var kid: String?
        /// Extensions that must be understood (RFC 7515, 4.1.11); we know none.
        var crit: [String]?
    }

    /// Throws a ``TokenProblem`` for what is no token, or one that is signed in a way that proves nothing.
    init(_ text: String) throws(TokenProblem) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 100_000, parts.count == 3, let data = Self.decode(parts[0]),
            let head = try? JSONDecoder().decode(Head.self, from: data)
        else { throw TokenProblem("the ID token is no signed JWT") }
        guard let algorithm = head.alg.flatMap(IDTokenAlgorithm.init) else {
            throw TokenProblem("the ID token is signed with \(head.alg ?? "nothing"), which is not accepted")
        }
        guard head.crit == nil else { throw TokenProblem("the ID token has a crit header, which is not understood") }
        (self.text, self.algorithm, kid) = (text, algorithm, head.kid)
    }

    /// The claims of a token that one of the keys has signed and that answers what was expected. Throws a
    /// ``TokenProblem``; `.isUnknownKey` where no key fits, so that the provider's keys are to be asked for again.
    func claims(signedBy keys: SigningKeys, expected: IDTokenClaims.Expected) async throws -> IDTokenClaims {
        let candidates = keys.candidates(algorithm, kid: kid)
        guard !candidates.isEmpty else {
            throw TokenProblem("no key \(kid ?? "of that kind") for \(algorithm.rawValue)", isUnknownKey: true)
        }
        var claims: IDTokenClaims?
        for key in candidates where claims == nil {
            claims = try? await algorithm.collection(of: key).verify(text, as: IDTokenClaims.self)
        }
        guard let claims else { throw TokenProblem("the ID token's signature is wrong") }
        if let problem = claims.problem(for: expected) { throw TokenProblem("the ID token's \(problem)") }
        return claims
    }

    /// Base64 for addresses (RFC 4648, 5), without padding.
    private static func decode(_ text: Substring) -> Data? {
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        return Data(base64Encoded: String(base64))
    }
}

/// Why a provider's answer isn't believed: for the server's log.
struct TokenProblem: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String
    var isUnknownKey = false

    init(_ description: String, isUnknownKey: Bool = false) {
        self.description = description
        self.isUnknownKey = isUnknownKey
    }
}
