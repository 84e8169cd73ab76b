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

    /// Makes a clone of its own with `sha` checked out: complete or absent. Where `directory` holds that very
    /// checkout already, nothing happens. `origin` is the mirror; no file is shared with it.
    public func checkout(_ sha: SHA, to directory: String) async throws {
        if FileManager.default.fileExists(atPath: directory) { return try await check(directory, holds: sha) }
        let draft = "\(directory).\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: draft) }
        do {
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: directory).deletingLastPathComponent().path,
                withIntermediateDirectories: true)
            // The commit may be on no branch any more: a local clone brings all objects, a remote one wouldn't.
            try await GitCommand(
                [
                    "clone", "--quiet", "--local", "--no-hardlinks", "--no-checkout", "--template=", "--",
                    self.directory, draft,
                ],
                in: nil, timeout: .seconds(600)
            ).output()
            try await GitCommand(
                ["checkout", "--quiet", "--force", "--detach", sha.description], in: draft, timeout: .seconds(600)
            ).output()
            try FileManager.default.moveItem(atPath: draft, toPath: directory)
        } catch let failure as Failure {
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
            if FileManager.default.fileExists(atPath: directory) { return try await check(directory, holds: sha) }
            throw Failure(
                .unavailable, "The commit \(sha.short) can't be checked out to \(directory)", cause: "\(error)")
        }
    }

    /// Removes a checkout, and the drafts of it that a server left which died while it made them.
    public static func removeCheckout(_ directory: String) {
        let (folder, name) = (
            (directory as NSString).deletingLastPathComponent, (directory as NSString).lastPathComponent
        )
        for found in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where found == name || isDraft(found, of: name) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(found)")
        }
    }

    private static func isDraft(_ found: String, of name: String) -> Bool {
        found.hasPrefix("\(name).") && UUID(uuidString: String(found.dropFirst(name.count + 1))) != nil
    }

    private func check(_ directory: String, holds sha: SHA) async throws {
        let result = try? await GitCommand(["rev-parse", "--verify", "--quiet", "HEAD"], in: directory).result()
        guard result?.lines.first == sha.description else {
            throw Failure(
                .conflict, "\(directory) is in the way: it is not a checkout of \(sha.short)", hint: "Move it away.")
        }
    }
}
