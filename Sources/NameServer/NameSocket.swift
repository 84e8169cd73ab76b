import Glibc

/// An address and a port, and sockets for them.
struct NameSocket: Hashable {
    var address: IPv4Address
    var port: UInt16

    init(_ address: IPv4Address, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Reads `127.0.0.1:5300`.
    init?(_ text: String) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let address = IPv4Address(parts[0]), let port = UInt16(parts[1]) else { return nil }
        self.init(address, port: port)
    }

    /// The first name server that this machine asks; nil where it names none.
    static func ofMachine() -> NameSocket? {
        for line in FileText.read("/etc/resolv.conf").split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            if words.count > 1, words[0] == "nameserver", let address = IPv4Address(words[1]) {
                return NameSocket(address, port: 53)
            }
        }
        return nil
    }

    private init(_ raw: sockaddr_in) {
        self.init(IPv4Address(number: UInt32(bigEndian: raw.sin_addr.s_addr)), port: UInt16(bigEndian: raw.sin_port))
    }

    private var raw: sockaddr_in {
        var raw = sockaddr_in()
        raw.sin_family = sa_family_t(AF_INET)
        raw.sin_port = port.bigEndian
        raw.sin_addr.s_addr = address.number.bigEndian
        return raw
    }

    private func withRaw<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var raw = raw
        return withUnsafePointer(to: &raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// A socket that nobody waits at; -1 with `errno`.
    private static func make(_ type: __socket_type) -> Int32 {
        socket(AF_INET, Int32(type.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    private func close(_ descriptor: Int32, unless isFine: Bool) -> Int32 {
        if isFine { return descriptor }
        let error = errno
        Glibc.close(descriptor)
        errno = error
        return -1
    }

    /// Takes datagrams here, or connections; -1 with `errno`.
    func listen(_ type: __socket_type) -> Int32 {
        let descriptor = Self.make(type)
        guard descriptor >= 0 else { return -1 }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let isBound = withRaw { bind(descriptor, $0, $1) } == 0
        return close(descriptor, unless: isBound && (type != SOCK_STREAM || Glibc.listen(descriptor, 64) == 0))
    }

    /// A socket to there, which may still be on its way; -1 with `errno`.
    func connect(_ type: __socket_type) -> Int32 {
        let descriptor = Self.make(type)
        guard descriptor >= 0 else { return -1 }
        let isFine = withRaw { Glibc.connect(descriptor, $0, $1) } == 0 || errno == EINPROGRESS
        return close(descriptor, unless: isFine)
    }

    func send(_ bytes: [UInt8], from descriptor: Int32) {
        _ = withRaw { sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, $1) }
    }

    /// The next datagram and who sent it; nil when there is none.
    static func receive(at descriptor: Int32) -> (bytes: [UInt8], from: NameSocket)? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        var raw = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = withUnsafeMutablePointer(to: &raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(descriptor, &bytes, bytes.count, 0, $0, &length)
            }
        }
        return count < 0 ? nil : (Array(bytes[..<count]), NameSocket(raw))
    }
}
