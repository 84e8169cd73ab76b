public import struct Foundation.Date

/// One thing that somebody did, or tried to.
public struct AuditEntry: Hashable, Sendable, Codable, Identifiable {
    /// How it ended.
    public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        case done
        /// Lack of rights, or a sign-in with a wrong password.
        case refused
        /// It was allowed and couldn't be done.
        case failed
    }

    public var id: Int64
    public var at: Date
    /// Name of the account, the token, the script; at a failed sign-in the name that was given.
    public var actor: String
    /// `account`, `token`, `socket` or `deploy`.
    public var kind: String
    /// Where the request came from; `local` for the socket in the data directory.
    public var address: String
    /// `app.add`, `deploy.start`, …
    public var action: String
    public var outcome: Outcome
    /// What it was done to: names, where there are any.
    public var app: String?
    public var environment: String?
    /// The number or name of what else it was done to: a build, a grant, an account.
    public var subject: String?
    /// JSON of what was before and what came of it; never a secret.
    public var before: String?
    public var after: String?

    public init(
        id: Int64 = 0, at: Date, actor: String, kind: String, address: String, action: String, outcome: Outcome,
        app: String? = nil, environment: String? = nil, subject: String? = nil, before: String? = nil,
        after: String? = nil
    ) {
        self.id = id
        self.at = at
        self.actor = actor
        self.kind = kind
        self.address = address
        self.action = action
        self.outcome = outcome
        self.app = app
        self.environment = environment
        self.subject = subject
        self.before = before
        self.after = after
    }
}

/// Which entries to give; nil means any.
public struct AuditFilter: Hashable, Sendable {
    public var actor: String?
    /// A whole action, `app.add`, or all that begin with it: `app`.
    public var action: String?
    public var outcome: AuditEntry.Outcome?
    public var app: String?
    public var environment: String?
    /// Only entries with a smaller number.
    public var before: Int64?

    public init(
        actor: String? = nil, action: String? = nil, outcome: AuditEntry.Outcome? = nil, app: String? = nil,
        environment: String? = nil, before: Int64? = nil
    ) {
        self.actor = actor
        self.action = action
        self.outcome = outcome
        self.app = app
        self.environment = environment
        self.before = before
    }
}
