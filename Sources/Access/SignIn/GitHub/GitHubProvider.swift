import Model
import Outbound

/// Signs people in through GitHub, or GitHub Enterprise: OAuth with state and PKCE, then its API tells who they are.
struct GitHubProvider: IdentityProvider {
    let provider: SignInConfiguration.Provider
    let url: String
    let api: String
    let outbound: Outbound

    /// Pages of a hundred that are read of a list.
    private static let mostPages = 10

    /// Organisations and teams need a consent of their own: it is asked for only where they decide something.
    private var needsOrganizations: Bool {
        !provider.allowed.organizations.isEmpty || !provider.allowed.teams.isEmpty || !provider.teams.isEmpty
    }

    func address(for attempt: SignInAttempt) -> String {
        let scopes = ["read:user", "user:email"] + (needsOrganizations ? ["read:org"] : [])
        return "\(url)/login/oauth/authorize?"
            + FormCoding.encode([
                "client_id": provider.clientID, "redirect_uri": attempt.callback,
                "scope": scopes.joined(separator: " "), "state": attempt.state, "allow_signup": "false",
                "code_challenge": ProofKey.challenge(of: attempt.verifier), "code_challenge_method": "S256",
            ])
    }

    func identity(_ answer: SignInAnswer, for attempt: SignInAttempt) async throws -> OutsideIdentity {
        let request = TokenRequest(
            endpoint: "\(url)/login/oauth/access_token", clientID: provider.clientID,
            clientSecret: provider.clientSecret, authentication: .post)
        guard let token = try await request.send(answer.code ?? "", for: attempt, through: outbound).accessToken else {
            throw TokenProblem("GitHub gave no access token")
        }
        let user: GitHubUser = try await get("/user", token)
        let emails = try await list("/user/emails", token, of: GitHubEmail.self).filter(\.verified)
        var identity = OutsideIdentity(
            issuer: url, subject: "\(user.id)", username: user.login,
            emails: emails.sorted { $0.primary && !$1.primary }.map(\.email))
        if needsOrganizations {
            identity.organizations = try await list("/user/orgs", token, of: GitHubOrganization.self).map(\.login)
            identity.teams = try await list("/user/teams", token, of: GitHubTeam.self).map {
                "\($0.organization.login)/\($0.slug)"
            }
        }
        return identity
    }

    private func get<T: Decodable>(_ path: String, _ token: String) async throws -> T {
        let reply = try await outbound.send(
            OutboundRequest(
                url: api + path,
                headers: ["Authorization": "Bearer \(token)", "Accept": "application/vnd.github+json"]))
        guard reply.status == 200 else { throw TokenProblem("GitHub answered \(reply.status) to \(path)") }
        do { return try reply.json() } catch {
            throw TokenProblem("GitHub's answer to \(path) can't be read: \(error)")
        }
    }

    private func list<T: Decodable>(_ path: String, _ token: String, of _: T.Type) async throws -> [T] {
        var all: [T] = []
        for page in 1...Self.mostPages {
            let items: [T] = try await get("\(path)?per_page=100&page=\(page)", token)
            all += items
            if items.count < 100 { break }
        }
        return all
    }
}
