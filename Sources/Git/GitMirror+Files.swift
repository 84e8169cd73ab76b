import Foundation
public import Model

extension GitMirror {
    /// The text of a file at a commit; nil where there is none. A symbolic link inside the repository is followed.
    public func file(_ path: String, at sha: SHA) async throws -> String? {
        try await file(path, at: sha, links: 5)
    }

    private func file(_ path: String, at sha: SHA, links: Int) async throws -> String? {
        guard let entry = try await entry(path, at: sha), entry.type == "blob" else { return nil }
        let content = try await git(["cat-file", "blob", entry.object])
        guard entry.mode == "120000" else { return GitText.decode(content) }
        let folder = path.split(separator: "/").dropLast()
        guard links > 0,
            let target = Self.normalized(folder + String(decoding: content, as: UTF8.self).split(separator: "/"))
        else { return nil }
        return try await file(target, at: sha, links: links - 1)
    }

    private func entry(_ path: String, at sha: SHA) async throws -> (mode: String, type: String, object: String)? {
        guard let path = Self.normalized(path.split(separator: "/")) else { return nil }
        let output = try await git(["ls-tree", "-z", "--full-tree", sha.description, "--", path])
        let words = GitText.decode(output.prefix { $0 != UInt8(ascii: "\t") }).split(separator: " ").map(String.init)
        return words.count == 3 ? (words[0], words[1], words[2]) : nil
    }

    /// Resolves `.` and `..`; nil where the path is empty or leaves the repository.
    private static func normalized(_ parts: some Sequence<Substring>) -> String? {
        var path: [Substring] = []
        for part in parts where part != "." {
            if part != ".." {
                path.append(part)
            } else if path.popLast() == nil {
                return nil
            }
        }
        return path.isEmpty ? nil : path.joined(separator: "/")
    }

    /// Makes a clone of its own with `sha` checked out. Where `directory` holds that very checkout already, nothing
    /// happens; one that was interrupted is made anew. `origin` is the mirror; no file is shared with it.
    ///
    /// A folder that is there stays the same one (it may be mounted somewhere) and must be empty, or hold such a
    /// checkout.
    public func checkout(_ sha: SHA, to directory: String) async throws {
        let mark = "\(directory)/.git/\(Self.checkoutMark)"
        do {
            if try isComplete(directory, mark, sha) { return }
            // The commit may be on no branch any more: a local clone brings all objects, a remote one wouldn't.
            try await whileNothingMoves {
                try await GitCommand(
                    [
                        "clone", "--quiet", "--local", "--no-hardlinks", "--no-checkout", "--template=", "--",
                        self.directory, directory,
                    ],
                    in: nil, timeout: .seconds(600)
                ).output()
            }
            try await GitCommand(
                ["checkout", "--quiet", "--force", "--detach", sha.description], in: directory, timeout: .seconds(600)
            ).output()
            try Data("\(sha)\n".utf8).write(to: URL(filePath: mark), options: .atomic)
        } catch let failure as Failure {
            if failure.code == .conflict { throw failure }
            guard try await has(sha) else {
                throw Failure(
                    .notFound, "The commit \(sha) is not in the repository \(self.directory)",
                    hint: "Push it, or wait for the next fetch.")
            }
            throw Failure(
                failure.code, "The commit \(sha.short) can't be checked out to \(directory)",
                hint: "See that the disk has room and that the folder belongs to Slipway's user.",
                cause: failure.cause ?? failure.message)
        } catch let error as CocoaError {
            throw Failure(
                .unavailable, "The commit \(sha.short) can't be checked out to \(directory)", cause: "\(error)")
        }
    }

    /// The last file that a checkout writes, inside of `.git`: which commit it is of.
    private static let checkoutMark = "slipway-checkout"

    /// Whether the folder holds the whole checkout. Otherwise it is there, and empty: what an interrupted checkout left
    /// is removed from it. Throws a conflict where it holds anything else.
    private func isComplete(_ directory: String, _ mark: String, _ sha: SHA) throws -> Bool {
        let files = FileManager.default
        try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let names = try files.contentsOfDirectory(atPath: directory)
        let complete = try? String(contentsOfFile: mark, encoding: .utf8)
        if complete == "\(sha)\n" { return true }
        guard complete == nil, names.isEmpty || names.contains(".git") else {
            throw Failure(
                .conflict, "\(directory) is in the way: it is not a checkout of \(sha.short)", hint: "Move it away.")
        }
        // `.git` last: it tells what the folder is.
        for name in names.filter({ $0 != ".git" }) + names.filter({ $0 == ".git" }) {
            try files.removeItem(atPath: "\(directory)/\(name)")
        }
        return false
    }
}
