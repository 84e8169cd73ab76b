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

    /// The first of `names` that is there, looked for in the root and in `deploy/`, with its text.
    func first(of names: [String]) -> (path: String, text: String)? {
        for folder in ["", "deploy/"] {
            for name in names {
                if let text = text(folder + name) { return (folder + name, text) }
            }
        }
        return nil
    }
}
