import Foundation

/// What of the data directory is copied, in the order in which it is read.
///
/// The database is copied first, at one moment; what its rows speak of was on the disk before they were. After it, within
/// each repository references before objects, and in the registry links before blobs: what is referred to is always in
/// the copy. More may be there than is referred to, never less.
struct BackupContents {
    let data: DataDirectory
    let hasKeys: Bool
    /// Logs of the steps that the database knows, from the folder of logs.
    let logs: [String]

    /// Made anew at each start, or of processes that run here; the database has a copy of its own.
    private static let leftOut: Set<String> = [
        "run", "checkouts", "cache", "bin", "names", "front", "slipway-agent", "slipway-agent.new", ".restoring",
        "lost+found",
    ]

    /// Patterns of what is left out below the paths.
    static let exclusions = [
        "./git/*.git/*.lock", "./git/*.git/objects/*tmp_*", "./git/*.git/objects/incoming-*",
        "./registry/images/*/_uploads", "./edge/*.sock", "./edge/*.pid", "./edge/*.lock", "./edge/haproxy.*",
        "./keys/*.draft",
    ]

    /// Paths from the data directory, `./keys/instance`; folders stand for all that is in them.
    func paths() -> [String] {
        let all = names(in: "").filter { !Self.leftOut.contains($0) && !$0.hasPrefix(BackupManifest.databaseName) }
        let special: Set<String> = ["keys", "logs", "git", "registry"]
        return (keys + logFiles + repositories + images + all.filter { !special.contains($0) }).map { "./\($0)" }
    }

    private var keys: [String] {
        if hasKeys { return exists("keys") ? ["keys"] : [] }
        return exists("keys/instance") ? ["keys/instance"] : []
    }

    private var logFiles: [String] {
        let others = names(in: "logs").filter { !["builds", "deploys"].contains($0) }
        return (logs + others).map { "logs/\($0)" }.filter(exists)
    }

    private var repositories: [String] {
        names(in: "git").filter { $0.hasSuffix(".git") }.flatMap { name in
            // A loose reference that becomes a packed one meanwhile is in one of the two, if this is the order.
            let first = ["refs", "packed-refs"].map { "git/\(name)/\($0)" }.filter(exists)
            let rest = names(in: "git/\(name)").filter { !["refs", "packed-refs", "objects"].contains($0) }
            return first + rest.map { "git/\(name)/\($0)" } + ["git/\(name)/objects"]
        }
    }

    /// Where the registry keeps its links and its blobs.
    static let blobs = "registry/images/docker/registry/v2/blobs"
    private var images: [String] {
        let own = names(in: "registry").filter { $0 != "images" }.map { "registry/\($0)" }
        let links = "registry/images/docker/registry/v2/repositories"
        return own + [links, Self.blobs].filter(exists)
    }

    private func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(data.path)/\(folder)")) ?? []).sorted()
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(data.path)/\(path)") }
}
