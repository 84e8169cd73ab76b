import Glibc
public import Model

/// The group by which a script gets at an engine's socket, where the admin has granted it that.
public enum EngineGroup {
    /// Throws where the socket lets no group in, or root's alone, which would open more than the engine.
    public static func number(ofSocket path: String) throws(Failure) -> UInt32 {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw Failure(
                .unavailable, "The engine's socket \(path), which scripts may use here, isn't there",
                hint: "Start the engine: systemctl start docker.", cause: String(cString: strerror(errno)))
        }
        guard let group = number(mode: status.st_mode, group: status.st_gid) else {
            throw Failure(
                .forbidden,
                "The engine's socket \(path) can't be granted to scripts: it belongs to no group of its own",
                hint: "Start the engine with `--group docker` (SocketGroup=docker in docker.socket).")
        }
        return group
    }

    /// The same from what the file system says; nil where it can't be granted.
    static func number(mode: UInt32, group: UInt32) -> UInt32? {
        mode & S_IFMT == S_IFSOCK && mode & 0o060 == 0o060 && group != 0 ? group : nil
    }
}
