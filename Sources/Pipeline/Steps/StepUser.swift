public import Supervisor

/// Who the commands of a build or a deploy run as.
public struct StepUser: Hashable, Sendable {
    /// Its number, and that of its group where it has no account.
    public var number: UInt32
    public var group: UInt32
    /// The groups that it is in besides.
    public var groups: [UInt32]
    public var name: String
    public var home: String
    /// A folder of this build or deploy alone, for temporary files.
    public var temporary: String

    /// What a login would set.
    public var environment: [String: String] {
        ["HOME": home, "USER": name, "LOGNAME": name, "SHELL": "/bin/bash", "TMPDIR": temporary]
    }

    /// As the supervisor is told, with the groups that are granted besides.
    public func supervised(granting granted: [UInt32] = []) -> SupervisedUser {
        SupervisedUser(number: number, group: group, groups: Array(Set(groups + granted)).sorted())
    }
}
