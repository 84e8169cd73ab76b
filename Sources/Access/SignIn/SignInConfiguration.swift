public import Model

/// How people may sign in: with passwords, and through which providers.
public struct SignInConfiguration: Hashable, Sendable {
    /// Whether the accounts that have a password can sign in with it.
    public var allowsPasswords = true
    /// In the order of their buttons.
    public var providers: [Provider] = []

    public init(allowsPasswords: Bool = true, providers: [Provider] = []) {
        self.allowsPasswords = allowsPasswords
        self.providers = providers
    }

    /// One that knows people: an OpenID provider, or GitHub.
    public struct Provider: Hashable, Sendable {
        /// What it speaks.
        public enum Kind: Hashable, Sendable {
            /// `issuer` as its discovery document says it. Groups are read from `groupsClaim`.
            case openID(issuer: String, scopes: [String], groupsClaim: String)
            /// `url` is where people sign in, `api` where their data is; neither ends in a slash.
            case gitHub(url: String, api: String)
        }

        /// In the address of its callback: `/sign-in/<name>/callback`.
        public var name: String
        /// On its button.
        public var title: String
        public var kind: Kind
        public var clientID: String
        public var clientSecret: ClientSecret
        public var allowed: Restrictions
        /// The provider's groups, or GitHub's `organisation/team`, and the team of Slipway that each fills.
        public var teams: [String: String]

        public init(
            name: String, title: String, kind: Kind, clientID: String, clientSecret: String,
            allowed: Restrictions = Restrictions(), teams: [String: String] = [:]
        ) {
            self.name = name
            self.title = title
            self.kind = kind
            self.clientID = clientID
            self.clientSecret = ClientSecret(clientSecret)
            self.allowed = allowed
            self.teams = teams
        }
    }

    /// The provider of that name. Throws `.notFound`.
    public func provider(_ name: String) throws(Failure) -> Provider {
        guard let provider = providers.first(where: { $0.name == name }) else {
            throw Failure(.notFound, "Nobody signs in through \(name.prefix(64)) here")
        }
        return provider
    }
}

/// What Slipway shows a provider to say who it is. It prints as dots.
public struct ClientSecret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    let value: String

    init(_ value: String) { self.value = value }

    public var description: String { "•••" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Who may come in through a provider. Each kind that is named must be met, by one of its values; where none is named,
/// nobody may.
public struct Restrictions: Hashable, Sendable {
    /// Everybody whom the provider knows.
    public var everyone = false
    /// Organisations of GitHub.
    public var organizations: [String] = []
    /// Teams of GitHub, as `organisation/team`.
    public var teams: [String] = []
    /// What follows the `@` of a verified address.
    public var domains: [String] = []
    /// Values of an OpenID provider's groups claim.
    public var groups: [String] = []

    public init(
        everyone: Bool = false, organizations: [String] = [], teams: [String] = [], domains: [String] = [],
        groups: [String] = []
    ) {
        self.everyone = everyone
        self.organizations = organizations
        self.teams = teams
        self.domains = domains
        self.groups = groups
    }

    /// Whether nothing is named, so that nobody may come in.
    public var areNone: Bool { self == Restrictions() }
}
