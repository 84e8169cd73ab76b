import Git
import Model
import Pipeline
import Synchronization

/// The files of a commit that Slipway reads, fetched at once so that reading them is pure.
struct CommitFiles: Sendable {
    var files: GitTexts

    /// Fetches the small files that may matter: those of the root, of `deploy/` and of `.slipway/` that configure
    /// something.
    static func load(from mirror: GitMirror, at sha: SHA) async throws -> CommitFiles {
        CommitFiles(files: try await mirror.texts(at: sha, where: isRead))
    }

    private static func isRead(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard let name = parts.last,
            parts.count == 1 || (parts.count == 2 && ["deploy", ".slipway"].contains(parts[0]))
        else { return false }
        return name.hasSuffix(".yml") || name.hasSuffix(".yaml") || name.hasSuffix(".sh") || name == "Dockerfile"
    }

    /// What the files ask for and what is wrong with them.
    func configuration(app: App) -> PipelineConfiguration {
        ConfigurationReader.read(
            RepositoryFiles(text: { files.texts[$0] }, isExecutable: { files.executables.contains($0) }), app: app.name)
    }
}

/// Files of the commits that were read last: a commit never changes, and a push is followed at once by its build.
final class CommitFilesCache: Sendable {
    private static let limit = 64

    private struct Key: Hashable {
        var directory: String
        var sha: SHA
    }

    private let kept = Mutex<[(key: Key, files: CommitFiles)]>([])

    func files(of mirror: GitMirror, at sha: SHA) async throws -> CommitFiles {
        let key = Key(directory: mirror.directory, sha: sha)
        if let found = kept.withLock({ $0.first { $0.key == key }?.files }) { return found }
        let files = try await CommitFiles.load(from: mirror, at: sha)
        kept.withLock { kept in
            kept.removeAll { $0.key == key }
            kept.append((key, files))
            kept.removeFirst(max(0, kept.count - Self.limit))
        }
        return files
    }
}
