import Glibc

/// A small file that others replace, read again when it is another one.
struct FileText {
    private let path: String
    private var seen: (inode: ino_t, seconds: Int, nanoseconds: Int, size: Int)?

    init(_ path: String) {
        self.path = path
    }

    /// What it says, where that may have changed since the last call; nothing where it isn't there.
    mutating func news() -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            defer { seen = nil }
            return seen == nil ? nil : ""
        }
        let now = (status.st_ino, status.st_mtim.tv_sec, status.st_mtim.tv_nsec, Int(status.st_size))
        if let seen, seen == now { return nil }
        seen = now
        return Self.read(path)
    }

    /// Empty where it can't be read.
    static func read(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var (text, part): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 65_536))
        while case let count = Glibc.read(descriptor, &part, part.count), count > 0 { text += part[..<count] }
        return String(decoding: text, as: UTF8.self)
    }
}
