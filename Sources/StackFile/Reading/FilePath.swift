/// Paths that files name.
enum FilePath {
    /// `path` as seen from where `file`'s name is relative to: `deploy/one.env` of `./one.env` beside
    /// `deploy/docker-compose.yml`.
    static func resolved(_ path: String, beside file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else {
            return path.hasPrefix("./") && !file.contains("/") ? String(path.dropFirst(2)) : path
        }
        let path = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return "\(file[..<slash])/\(path)"
    }
}
