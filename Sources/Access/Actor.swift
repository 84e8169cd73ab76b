/// Who asks.
public struct Actor: Hashable, Sendable, Codable {
    public enum Kind: Hashable, Sendable, Codable {
        /// A person who signed in.
        case account
        /// A program with a token that a person made.
        case token
        /// A program on this machine that may open the socket in the data directory.
        case socket
        /// The script of a deploy: may touch that deploy's environment alone.
        case deploy(id: Int64, environmentID: Int64)
    }

    /// Name of the account, of the token or `deploy 12`.
    public var name: String
    public var kind: Kind

    public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }
}

/// What somebody wants to do, as far as rights go.
public enum Permission: Hashable, Sendable {
    /// See pages and lists.
    case read
    /// Change anything: add apps, deploy, abort, make tokens.
    case change
    /// Bring services up in an environment.
    case rollOut(environmentID: Int64)
}

/// Whether `actor` may do that. The one place where rights are decided.
public func isAllowed(_ permission: Permission, for actor: Actor) -> Bool {
    switch (actor.kind, permission) {
    case (.account, _), (.token, _), (.socket, _): true
    case (.deploy, .read): true
    case (.deploy(_, let own), .rollOut(let environment)): own == environment
    case (.deploy, .change): false
    }
}
