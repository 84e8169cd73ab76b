/// A role or a right that an account, a team or everyone has been given, within a scope.
public struct Grant: Hashable, Sendable, Identifiable {
    /// Whom it was given.
    public enum Subject: Hashable, Sendable {
        case account(String)
        case team(String)
        /// Everybody who can sign in.
        case everyone
    }

    public var id: Int64
    public var subject: Subject
    public var allowance: Allowance
    public var scope: Scope

    public init(id: Int64, subject: Subject, allowance: Allowance, scope: Scope = .everything) {
        self.id = id
        self.subject = subject
        self.allowance = allowance
        self.scope = scope
    }

    /// Whether it gives that right on that resource.
    public func allows(_ right: Right, on resource: Resource) -> Bool {
        allowance.rights.contains(right) && scope.covers(resource, for: right)
    }
}

/// What a token may do at most of what its owner may.
public struct TokenBounds: Hashable, Sendable {
    /// Nil means all that the owner has; reading is always among those that are named.
    public var rights: Set<Right>?
    public var scope: Scope

    public init(rights: Set<Right>? = nil, scope: Scope = .everything) {
        self.rights = rights?.union([.read])
        self.scope = scope
    }

    /// Whether it cuts nothing off.
    public var isOpen: Bool { rights == nil && scope == .everything }

    func allow(_ right: Right, on resource: Resource) -> Bool {
        rights?.contains(right) != false && scope.covers(resource, for: right)
    }
}
