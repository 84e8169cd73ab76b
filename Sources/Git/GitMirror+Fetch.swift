import Foundation
import Model

extension GitMirror {
    /// Brings all branches of `url` here, as they are there: force pushes and deletions included. Makes the
    /// repository if it isn't there. A remote that hangs is given up after `timeout`.
    public func fetch(from url: String, timeout: Duration = .seconds(300)) async throws {
        guard !url.isEmpty, !url.hasPrefix("-") else {
            throw Failure(.invalid, "\"\(url)\" is not the URL of a git repository")
        }
        if !exists { try await create() }
        removeStaleLocks()
        let shown = GitText.withoutCredentials(url)
        do {
            let result = try await GitCommand(
                [
                    "-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60", "fetch", "--quiet", "--prune",
                    "--force",
                    "--no-tags", "--no-write-fetch-head", "--", url, "+refs/heads/*:refs/heads/*",
                ], in: directory, timeout: timeout
            ).result()
            guard result.status == 0 else {
                throw Failure(
                    .unavailable, "\(shown) can't be fetched",
                    hint: "See that the URL is right and that this machine may read it without a password prompt.",
                    cause: result.lastWords)
            }
        } catch let failure as Failure where failure.code == .timedOut {
            throw Failure(
                .timedOut, "\(shown) can't be fetched: it did not answer within \(timeout.components.seconds) s",
                hint: "See that the remote answers; Slipway tries again by itself.")
        }
    }

    /// A git that was killed leaves its lock files, and no later one would get past them.
    private func removeStaleLocks() {
        let files = FileManager.default
        let folders = ["refs/heads", ""].map { URL(fileURLWithPath: directory + "/" + $0) }
        for (folder, deep) in zip(folders, [true, false]) {
            let options: FileManager.DirectoryEnumerationOptions = deep ? [] : [.skipsSubdirectoryDescendants]
            let found = files.enumerator(
                at: folder, includingPropertiesForKeys: [.contentModificationDateKey], options: options)
            while let url = found?.nextObject() as? URL {
                guard url.pathExtension == "lock",
                    let changed = try? url.resourceValues(forKeys: [.contentModificationDateKey])
                        .contentModificationDate, changed.timeIntervalSinceNow < -900
                else { continue }
                try? files.removeItem(at: url)
            }
        }
    }
}
