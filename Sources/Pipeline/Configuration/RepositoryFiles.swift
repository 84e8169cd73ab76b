internal import StackFile

/// How a repository's files are seen: by path from its root, wherever they come from.
public struct RepositoryFiles: Sendable {
    /// Text of a file; nil where there is none.
    public var text: @Sendable (String) -> String?
    /// Whether a file may be executed.
    public var isExecutable: @Sendable (String) -> Bool

    public init(
        text: @escaping @Sendable (String) -> String?,
        isExecutable: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.text = text
        self.isExecutable = isExecutable
    }

    /// The compose file that deploys: the first one with an image that ends in `:${REVISION}`, else the first; looked
    /// for in `folder` and in its `deploy/`.
    func composeFile(in folder: String = "") -> (path: String, repository: String?)? {
        let paths = [folder, folder + "deploy/"].flatMap { folder in StackFiles.composeNames.map { folder + $0 } }
        let found = paths.compactMap { path in
            text(path).map { (path: path, repository: StackFiles.imageRepository(inCompose: $0)) }
        }
        return found.first { $0.repository != nil } ?? found.first
    }
}
