import Glibc
import Model
import Supervisor

/// Ports of this machine, as the kernel knows them.
enum PortProbe {
    /// Whether nobody listens on the port. `address` nil means every IPv4 address.
    static func isFree(_ port: Int, address: String?) -> Bool { bound(port, address) != nil }

    /// A port that is free now; nil when there is none.
    static func anyFree() -> Int? { bound(0, nil) }

    /// Says who holds a port that isn't free.
    static func sentence(_ port: Int, _ holder: ListeningSocket.Holder?) -> String {
        let who = holder.map { "\($0.program) (process \($0.pid))" } ?? "another program on this machine"
        return "port \(port) is held by \(who)"
    }

    /// Binds and lets go at once; returns the port that it got.
    private static func bound(_ port: Int, _ address: String?) -> Int? {
        guard let number = UInt16(exactly: port) else { return nil }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = number.bigEndian
        name.sin_addr.s_addr = address.map { inet_addr($0) } ?? INADDR_ANY
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        return isBound ? Int(UInt16(bigEndian: name.sin_port)) : nil
    }
}
