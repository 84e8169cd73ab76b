/// `GET /user`: the number stays when the login changes.
struct GitHubUser: Decodable {
    var id: Int64
    var login: String
}

/// An item of `GET /user/emails`.
struct GitHubEmail: Decodable {
    var email: String
    var primary: Bool
    var verified: Bool
}

/// An item of `GET /user/orgs`.
struct GitHubOrganization: Decodable {
    var login: String
}

/// An item of `GET /user/teams`.
struct GitHubTeam: Decodable {
    var slug: String
    var organization: GitHubOrganization
}
