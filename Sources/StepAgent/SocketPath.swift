/// The path of a socket in two.
struct SocketPath: Hashable {
    var folder: String
    var name: String

    init(_ path: String) {
        let cut = path.lastIndex(of: "/")
        folder = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        name = String(cut.map { path[path.index(after: $0)...] } ?? path[...])
    }
}
