import struct Foundation.Date
import JWTKit

/// What an ID token, or the userinfo endpoint, says of somebody (OpenID Connect Core 1.0, 2 and 5.1).
struct IDTokenClaims: Hashable, Sendable, JWTPayload {
    var values: [String: JSONValue]

    init(_ values: [String: JSONValue]) { self.values = values }

    init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: JSONValue].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }

    /// The claims are judged by ``problem(for:)``, which knows what was asked.
    func verify(using _: some JWTAlgorithm) {}

    subscript(name: String) -> JSONValue? { values[name] }

    var subject: String? { values["sub"]?.text }

    /// The address, where the provider has verified it.
    var verifiedEmail: String? {
        guard values["email_verified"] == .bool(true) || values["email_verified"] == .string("true") else { return nil }
        return values["email"]?.text
    }

    /// What was asked of the provider.
    struct Expected: Hashable, Sendable {
        var issuer: String
        var clientID: String
        var nonce: String
        var now: Date
    }

    /// Seconds that two clocks may differ.
    static let leeway = 60.0

    /// Why the claims are not the answer to what was asked, for the server's log; nil where they are. The signature is
    /// somebody else's matter.
    func problem(for expected: Expected) -> String? {
        let now = expected.now.timeIntervalSince1970
        guard values["iss"]?.text == expected.issuer else { return "iss is not \(expected.issuer)" }
        guard let subject, !subject.isEmpty, subject.utf8.count <= 255 else { return "sub is missing" }
        let audiences = values["aud"]?.texts ?? []
        guard audiences.contains(expected.clientID) else { return "aud is not \(expected.clientID)" }
        if let party = values["azp"] {
            guard party.text == expected.clientID else { return "azp is not \(expected.clientID)" }
        } else if audiences.count > 1 {
            return "aud names several, and azp is missing"
        }
        guard let end = values["exp"]?.number, now < end + Self.leeway else { return "exp is over, or missing" }
        guard let begin = values["iat"]?.number, begin <= now + Self.leeway else {
            return "iat is in the future, or missing"
        }
        if let start = values["nbf"] {
            guard let start = start.number, start <= now + Self.leeway else { return "nbf is in the future" }
        }
        guard values["nonce"]?.text == expected.nonce else { return "nonce is not the one of this sign-in" }
        return nil
    }
}
