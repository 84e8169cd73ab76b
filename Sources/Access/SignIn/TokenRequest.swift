import Foundation
import Outbound

/// Gives a code back to the provider for tokens (RFC 6749, 4.1.3).
struct TokenRequest: Sendable {
    /// How Slipway shows its client secret.
    enum Authentication: String, Sendable {
        case basic = "client_secret_basic"
        case post = "client_secret_post"
    }

    var endpoint: String
    var clientID: String
    var clientSecret: ClientSecret
    var authentication: Authentication

    /// The tokens, or what the provider said against it: GitHub does so with status 200.
    struct Answer: Decodable {
        var idToken: String?
        var accessToken: String?
        var error: String?
        var errorDescription: String?

        private enum CodingKeys: String, CodingKey {
            case idToken = "id_token"
            case accessToken = "access_token"
            case error
            case errorDescription = "error_description"
        }
    }

    func send(_ code: String, for attempt: SignInAttempt, through outbound: Outbound) async throws -> Answer {
        var headers = ["Accept": "application/json"]
        var fields = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": attempt.callback,
            "code_verifier": attempt.verifier,
        ]
        switch authentication {
        case .basic:
            let pair = "\(FormCoding.escape(clientID)):\(FormCoding.escape(clientSecret.value))"
            headers["Authorization"] = "Basic \(Data(pair.utf8).base64EncodedString())"
        case .post:
            fields["client_id"] = clientID
            fields["client_secret"] = clientSecret.value
        }
        let reply = try await outbound.send(.form(endpoint, fields, headers: headers))
        guard let answer = try? reply.json(Answer.self) else {
            throw TokenProblem("the token endpoint answered \(reply.status), and no JSON")
        }
        guard reply.status == 200, answer.error == nil else {
            let words = [answer.error, answer.errorDescription].compactMap { $0 }.joined(separator: ": ")
            throw TokenProblem("the token endpoint answered \(reply.status) \(harmless(words, hiding: code))")
        }
        return answer
    }

    /// What a provider says, short enough for a log and without what nobody may read there.
    private func harmless(_ words: String, hiding code: String) -> String {
        var words = String(words.prefix(300))
        for secret in [clientSecret.value, code] where !secret.isEmpty {
            words = words.replacing(secret, with: "•••")
        }
        return words
    }
}
