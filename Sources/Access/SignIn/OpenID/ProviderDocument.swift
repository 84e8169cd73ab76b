import Outbound

/// What a provider says of itself at `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0, 3).
struct ProviderDocument: Hashable, Sendable, Decodable {
    var issuer: String
    var authorizationEndpoint: String
    var tokenEndpoint: String
    var keysAddress: String
    var userinfoEndpoint: String?
    var authenticationMethods: [String]?
    /// Whether the browser always brings the issuer back (RFC 9207).
    var sendsIssuer: Bool?

    private enum CodingKeys: String, CodingKey {
        case issuer
        case authorizationEndpoint = "authorization_endpoint"
        case tokenEndpoint = "token_endpoint"
        case keysAddress = "jwks_uri"
        case userinfoEndpoint = "userinfo_endpoint"
        case authenticationMethods = "token_endpoint_auth_methods_supported"
        case sendsIssuer = "authorization_response_iss_parameter_supported"
    }

    /// What is wrong with it; nil where it may be used.
    func problem(issuer expected: String) -> String? {
        guard issuer == expected else { return "the discovery document is of the issuer \(issuer), not \(expected)" }
        for address in [authorizationEndpoint, tokenEndpoint, keysAddress, userinfoEndpoint].compactMap({ $0 }) {
            if let problem = OutboundAddress.problem(address) { return "\(address) \(problem)" }
        }
        guard authentication != nil else { return "the provider takes no client secret, neither basic nor post" }
        return nil
    }

    /// Basic is what a provider knows that says nothing.
    var authentication: TokenRequest.Authentication? {
        let known = (authenticationMethods ?? ["client_secret_basic"]).compactMap(TokenRequest.Authentication.init)
        return known.contains(.basic) ? .basic : known.first
    }
}
