/// Something that one may be allowed to do.
public enum Right: String, Hashable, Sendable, Codable, CaseIterable {
    /// See it. Whatever grants another right on something grants this one too.
    case read
    /// Deploy, roll back and abort, start and cancel builds, look for new commits, push.
    case deploy
    /// Work on what runs by hand: bring services up, scale, restart, take rollouts back.
    case operate
    /// Run commands in containers, where secrets can be read.
    case exec
    /// Go past a lock or checks that failed.
    case force
    /// Lock and unlock.
    case unlock
    /// Write secrets; nobody reads them back.
    case secrets
    /// Add, change and remove apps and environments.
    case configure
    /// People, teams, grants, the tokens of others, and the audit log.
    case administer
}

/// What is usually granted together.
public enum Role: String, Hashable, Sendable, Codable, CaseIterable {
    case viewer, deployer, admin

    public var rights: Set<Right> {
        switch self {
        case .viewer: [.read]
        case .deployer: [.read, .deploy, .operate, .exec]
        case .admin: Set(Right.allCases)
        }
    }
}

/// What a grant gives: a role, or a right of its own.
public enum Allowance: Hashable, Sendable {
    case role(Role)
    case right(Right)

    /// Reads the name of a role or a right; nil for anything else.
    public init?(_ name: String) {
        if let role = Role(rawValue: name) {
            self = .role(role)
        } else if let right = Right(rawValue: name) {
            self = .right(right)
        } else {
            return nil
        }
    }

    /// `deployer`, `force`.
    public var name: String {
        switch self {
        case .role(let role): role.rawValue
        case .right(let right): right.rawValue
        }
    }

    /// All names that there are: roles first.
    public static let names = Role.allCases.map(\.rawValue) + Right.allCases.map(\.rawValue)

    /// The rights that it gives; reading is always among them.
    public var rights: Set<Right> {
        switch self {
        case .role(let role): role.rights
        case .right(let right): [.read, right]
        }
    }
}
