import Git
import Model
import Pipeline

/// The files of a commit that Slipway reads, fetched once so that reading them is pure.
struct RepositoryFiles: Sendable {
    var texts: [String: String]
    var paths: Set<String>

    static func load(from mirror: GitMirror, at sha: SHA) async throws -> RepositoryFiles {
        let paths = try await mirror.files(at: sha, under: "")
        var texts: [String: String] = [:]
        for path in paths where ConfigurationReader.isRead(path) {
            texts[path] = try await mirror.file(path, at: sha)
        }
        return RepositoryFiles(texts: texts, paths: Set(paths))
    }
}
