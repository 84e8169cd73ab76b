import Glibc
import Testing

@testable import Supervisor

struct ListeningSocketTests {
    @Test func `The table of /proc is read by port and state`() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
               1: 0100007F:1388 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1
               2: 0100007F:1389 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
            """
        #expect(ListeningSocket.inodes(inTable: table, port: 5000) == ["4711"])
        #expect(ListeningSocket.inodes(inTable: table, port: 5002) == [])
    }

    @Test func `A port is held by the process that listens, and by no other`() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 1) == 0 && getsockname(socket, $0, &size) == 0
            } ? Int(in_port_t(bigEndian: pointer.pointee.sin_port)) : 0
        }
        try #require(port > 0)
        #expect(ListeningSocket.isHeld(port: port, by: getpid()))
        #expect(ListeningSocket.holder(ofPort: port)?.pid == getpid())
        #expect(!ListeningSocket.isHeld(port: port, by: 1))
    }
}
