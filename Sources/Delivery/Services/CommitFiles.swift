import Git
import Model
import Pipeline

/// The files of a commit that Slipway reads, fetched at once so that reading them is pure.
struct CommitFiles: Sendable {
    var texts: [String: String] = [:]
    var executables: Set<String> = []

    /// Fetches the small files that may matter: those of the root, of `deploy/` and of `.slipway/` that configure
    /// something.
    static func load(from mirror: GitMirror, at sha: SHA) async throws -> CommitFiles {
        var files = CommitFiles(executables: try await mirror.executables(at: sha))
        for path in try await mirror.files(at: sha) where isRead(path) {
            files.texts[path] = try await mirror.file(path, at: sha)
        }
        return files
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
        let (texts, executables) = (texts, executables)
        return ConfigurationReader.read(
            RepositoryFiles(text: { texts[$0] }, isExecutable: { executables.contains($0) }), app: app.name)
    }
}
