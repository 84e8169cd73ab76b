import Glibc

/// All processes of a container, whoever knows of them.
enum ContainerProcesses {
    /// Kills until nobody is left, and returns how many there were; nil where `container` is no whole id.
    ///
    /// Processes that can't be seen, in another process namespace, aren't found.
    static func kill(of container: String) -> Int? {
        let id = Array(container.utf8)
        guard isWholeID(id) else { return nil }
        var killed: Set<pid_t> = []
        // One that was killed is seen until the kernel is done with it.
        for _ in 0..<500 {
            let found = ProcessList.pids().filter { pid in
                ProcessList.file("cgroup", of: pid, limit: 4096).map { isMember($0, of: id) } ?? false
            }
            if found.isEmpty { break }
            for pid in found where Glibc.kill(pid, SIGKILL) == 0 { killed.insert(pid) }
            usleep(10_000)
        }
        return killed.count
    }

    /// 64 hexadecimal digits: anything shorter could be part of what it doesn't mean.
    static func isWholeID(_ id: [UInt8]) -> Bool {
        id.count == 64
            && id.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// Whether a `/proc/<pid>/cgroup` is that of a process in the container: whatever made its control group names it
    /// by the container's id, `/docker/ID`, `/system.slice/docker-ID.scope`.
    static func isMember(_ cgroup: [UInt8], of id: [UInt8]) -> Bool {
        guard cgroup.count >= id.count else { return false }
        return (0...(cgroup.count - id.count)).contains { cgroup[$0..<($0 + id.count)].elementsEqual(id) }
    }
}
