/// Somebody as a provider describes them. What it can't vouch for is left out.
public struct OutsideIdentity: Hashable, Sendable {
    /// The provider's issuer, or GitHub's address: with `subject` it tells one person from every other, for ever.
    public var issuer: String
    public var subject: String
    /// What they are called there; may change, and may become somebody else's.
    public var username: String?
    /// Verified addresses, the main one first.
    public var emails: [String]
    public var organizations: [String]
    /// `organisation/team`.
    public var teams: [String]
    public var groups: [String]

    public init(
        issuer: String, subject: String, username: String? = nil, emails: [String] = [], organizations: [String] = [],
        teams: [String] = [], groups: [String] = []
    ) {
        self.issuer = issuer
        self.subject = subject
        self.username = username
        self.emails = emails
        self.organizations = organizations
        self.teams = teams
        self.groups = groups
    }

    /// How messages, the log and the audit log call them: one line of at most 100 characters, whatever they call
    /// themselves.
    public var label: String { OneLine.text(username ?? emails.first ?? subject, most: 100) }
}
