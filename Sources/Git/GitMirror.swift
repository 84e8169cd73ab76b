import Foundation
public import Model

/// A bare repository, `<data>/git/<app>.git`: the mirror of a remote, or the remote of an app that is pushed to us.
///
/// No object is ever pruned: what was once built can be deployed again, also after a force push.
public struct GitMirror: Sendable {
    /// Path of the bare repository.
    public let directory: String

    /// Nothing is created.
    public init(directory: String) {
        self.directory = directory
    }

    /// Whether the repository is there.
    public var exists: Bool { FileManager.default.fileExists(atPath: directory + "/HEAD") }

    /// Makes the repository, pushable over HTTP: complete or absent, also when the server dies meanwhile. Again and
    /// again does no harm. `branch` is what a clone checks out.
    public func create(branch: String = "main") async throws {
        guard !exists else { return try await settle(branch: branch) }
        let draft = GitMirror(directory: "\(directory).\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: draft.directory) }
        try? FileManager.default.createDirectory(atPath: draft.directory, withIntermediateDirectories: true)
        try await draft.settle(branch: branch)
        do {
            try FileManager.default.moveItem(atPath: draft.directory, toPath: directory)
        } catch {
            guard exists else {
                throw Failure(
                    .unavailable, "The repository \(directory) can't be made", cause: error.localizedDescription)
            }
        }
    }

    private func settle(branch: String) async throws {
        try await GitCommand(["init", "--quiet", "--bare", "--initial-branch", branch, directory], in: nil).output()
        let settings = [
            "http.receivepack": "true", "uploadpack.allowAnySHA1InWant": "true", "uploadpack.allowFilter": "true",
            "receive.denyDeleteCurrent": "ignore", "receive.denyNonFastForwards": "false", "gc.pruneExpire": "never",
            "core.logAllRefUpdates": "true", "gc.reflogExpire": "never", "gc.reflogExpireUnreachable": "never",
        ]
        for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
            try await git(["config", key, value])
        }
        try await git(["symbolic-ref", "HEAD", "refs/heads/\(branch)"])
    }

    /// The newest commit of a branch; nil where there is no such branch.
    public func head(of branch: String) async throws -> SHA? {
        guard exists else { return nil }
        let result = try await result(["rev-parse", "--verify", "--quiet", "refs/heads/\(branch)^{commit}"])
        return result.lines.first.flatMap { SHA($0) }
    }

    /// Commits from `head` on, first-parent, newest first.
    public func log(from head: SHA, limit: Int) async throws -> [GitCommit] {
        GitLog.commits(
            try await git(
                ["log", GitLog.format, "--numstat", "--no-renames", "--diff-merges=first-parent", "--first-parent"]
                    + ["--max-count=\(limit)", head.description, "--"]))
    }

    /// What `newer` has and `older` has not, first-parent, newest first; with no `older`, all of it.
    public func commits(between older: SHA?, and newer: SHA) async throws -> [SHA] {
        let exclusion = older.map { ["^\($0)"] } ?? []
        let result = try await git(["rev-list", "--first-parent", newer.description] + exclusion + ["--"])
        return String(decoding: result, as: UTF8.self).split(separator: "\n").compactMap { SHA(String($0)) }
    }

    /// Whether the repository has this commit, reachable or not.
    public func has(_ sha: SHA) async throws -> Bool {
        guard exists else { return false }
        return try await result(["cat-file", "-e", "\(sha)^{commit}"]).status == 0
    }

    @discardableResult
    func git(_ arguments: [String]) async throws -> [UInt8] {
        try await GitCommand(arguments, in: directory).output()
    }

    func result(_ arguments: [String]) async throws -> GitCommand.Result {
        try await GitCommand(arguments, in: directory).result()
    }
}
