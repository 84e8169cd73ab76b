/// Who asks.
public struct Actor: Hashable, Sendable {
    /// What kind of caller it is.
    public enum Kind: Hashable, Sendable {
        /// A person who signed in.
        case account
        /// A program with a token; `owner` is the account that made it, nil where the machine itself did.
        case token(id: Int64, owner: String?)
        /// A program on this machine that may open the socket in the data directory.
        case socket
        /// The script of a deploy: may touch that deploy's environment alone.
        case deploy(id: Int64, environmentID: Int64)
    }

    /// Name of the account, `ada/laptop` for her token of that name, or `deploy 12`.
    public var name: String
    public var kind: Kind

    public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// The account whose rights it has; nil for the machine itself and for scripts.
    public var account: String? {
        switch kind {
        case .account: name
        case .token(_, let owner): owner
        case .socket, .deploy: nil
        }
    }

    /// In the audit log: `account`, `token`, `socket` or `deploy`.
    public var kindName: String {
        switch kind {
        case .account: "account"
        case .token: "token"
        case .socket: "socket"
        case .deploy: "deploy"
        }
    }

    /// Tells it from every other actor, also from one of another kind with the same name.
    public var key: String {
        if case .token(let id, _) = kind { "token:\(id)" } else { "\(kindName):\(name)" }
    }
}
