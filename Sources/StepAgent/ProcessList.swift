import Glibc

/// What `/proc` tells of processes.
enum ProcessList {
    static func pids() -> [pid_t] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var pids: [pid_t] = []
        while let entry = readdir(folder) {
            let pid = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { pid_t(String(cString: $0)) }
            }
            if let pid { pids.append(pid) }
        }
        return pids
    }

    /// The first bytes of a file of a process; nil where it is gone.
    static func file(_ name: String, of pid: pid_t, limit: Int) -> [UInt8]? {
        let descriptor = open("/proc/\(pid)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = read(descriptor, &buffer, limit)
        return count > 0 ? Array(buffer[..<count]) : nil
    }
}
