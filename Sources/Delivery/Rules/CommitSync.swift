import Model

/// A commit that the database has.
struct KnownCommit: Hashable, Sendable {
    var sha: SHA
    var isDetached: Bool
}

/// What a look at the branch changes in the list of commits.
struct CommitChanges: Hashable, Sendable {
    /// Never seen before, newest first.
    var fresh: [SHA] = []
    /// No longer on the branch.
    var detached: [SHA] = []
    /// On the branch again.
    var reattached: [SHA] = []

    var isEmpty: Bool { fresh.isEmpty && detached.isEmpty && reattached.isEmpty }
}

/// Compares what is known with the branch as it is now (`branch` newest first, first-parent).
///
/// Only commits above the first known one are fresh: what lies below was known or was before our time. At most `limit`
/// are taken, the newest.
func commitChanges(known: [KnownCommit], branch: [SHA], limit: Int) -> CommitChanges {
    let names = Set(known.map(\.sha))
    let onBranch = Set(branch)
    return CommitChanges(
        fresh: Array(branch.prefix { !names.contains($0) }.prefix(limit)),
        detached: known.filter { !$0.isDetached && !onBranch.contains($0.sha) }.map(\.sha),
        reattached: known.filter { $0.isDetached && onBranch.contains($0.sha) }.map(\.sha))
}

/// Which fresh commits are built: all of a push, but of a branch that is seen for the first time only its head.
func commitsToBuild(_ changes: CommitChanges, isFirstLook: Bool) -> [SHA] {
    isFirstLook ? Array(changes.fresh.prefix(1)) : changes.fresh
}
