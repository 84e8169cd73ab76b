import Foundation
import Glibc
import Testing

@testable import NameServer

/// The built `slipway-agent` as a name server on this machine, and a second one whom it asks for other names.
@Suite(.timeLimit(.minutes(1)))
struct NameServerTests {
    private final class Server: Sendable {
        let place: NameSocket
        let pid: pid_t

        init(file: String, upstream: NameSocket) throws {
            place = try Self.freePlace()
            let process = Process()
            process.executableURL = URL(filePath: try Self.binary())
            process.arguments = ["names", file, Self.text(place), Self.text(upstream)]
            try process.run()
            pid = process.processIdentifier
        }

        deinit { kill(pid, SIGKILL) }

        static func text(_ place: NameSocket) -> String { "\(place.address):\(place.port)" }

        /// A port of this machine where nobody takes datagrams.
        static func freePlace() throws -> NameSocket {
            let address = try #require(IPv4Address("127.0.0.1"))
            for _ in 0..<50 {
                let place = NameSocket(address, port: UInt16.random(in: 20_000...60_000))
                let descriptors = [place.listen(SOCK_DGRAM), place.listen(SOCK_STREAM)]
                for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
                if descriptors.allSatisfy({ $0 >= 0 }) { return place }
            }
            throw CocoaError(.fileReadUnknown)
        }

        /// The program that was built beside the tests.
        static func binary() throws -> String {
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            for start in [own] + CommandLine.arguments {
                let path = URL(filePath: start).deletingLastPathComponent().appending(path: "slipway-agent").path
                if FileManager.default.isExecutableFile(atPath: path) { return path }
            }
            throw CocoaError(.fileNoSuchFile)
        }

        /// What comes back for a question; nil where nothing does in time.
        func ask(_ bytes: [UInt8], patience: Int32 = 5000) -> [UInt8]? {
            let descriptor = place.connect(SOCK_DGRAM)
            defer { close(descriptor) }
            send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            return answer(at: descriptor, patience)
        }

        func answer(at descriptor: Int32, _ patience: Int32) -> [UInt8]? {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, patience) > 0 else { return nil }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            return count < 0 ? nil : Array(bytes[..<count])
        }

        /// Asks until it has come up; before that the machine itself says at once that nobody is there.
        func firstAnswer(_ bytes: [UInt8]) -> [UInt8]? {
            let deadline = ContinuousClock.now + .seconds(30)
            while ContinuousClock.now < deadline {
                if let answer = ask(bytes, patience: 200) { return answer }
                poll(nil, 0, 20)
            }
            return nil
        }
    }

    private func question(_ name: String) -> [UInt8] {
        let parts = name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        return [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + parts + [0, 0, 1, 0, 1]
    }

    @Test func `Names are answered from a file that changes, and others by whom it asks`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "names-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ address: String, _ name: String) throws {
            var book = NameBook()
            book.places[.init("db", in: "shop")] = [.init(near: IPv4Address(address))]
            try Data(book.text.utf8).write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic)
        }
        // Whom it asks is another of its kind: it doesn't know the name, and says so with authority.
        let other = try Server(file: "\(folder)/none", upstream: try Server.freePlace())
        let server = try Server(file: "\(folder)/names", upstream: other.place)
        let db = question("db.api.shop.slipway")
        #expect(other.firstAnswer(db)?[3] == 0x83)
        #expect(server.firstAnswer(db)?[3] == 0x83, "without a file every name is unknown")
        try write("10.0.0.1", "names")
        #expect(server.ask(db)?.suffix(4) == [10, 0, 0, 1])
        try write("10.0.0.2", "names")
        #expect(server.ask(db)?.suffix(4) == [10, 0, 0, 2])
        // Garbage is passed over, and breaks nothing.
        #expect(server.ask([1, 2, 3], patience: 100) == nil)
        #expect(server.ask(Array(repeating: 0xff, count: 600), patience: 100) == nil)
        #expect(server.ask(db)?.suffix(4) == [10, 0, 0, 2])
        // Nobody answers behind the other one; a question that waits for it keeps nobody up.
        #expect(server.ask(question("example.com"), patience: 100) == nil)
        #expect(server.ask(db)?.suffix(4) == [10, 0, 0, 2])
        try FileManager.default.removeItem(atPath: "\(folder)/names")
        #expect(server.ask(db)?[3] == 0x83)
    }

    @Test func `What it doesn't know it passes on, by datagram and by connection`() throws {
        let upstream = try Server.freePlace()
        let (datagrams, connections) = (upstream.listen(SOCK_DGRAM), upstream.listen(SOCK_STREAM))
        defer { for descriptor in [datagrams, connections] { close(descriptor) } }
        let server = try Server(file: "/nowhere/names", upstream: upstream)
        #expect(server.firstAnswer(question("db.api.shop.slipway")) != nil)
        let asking = server.place.connect(SOCK_DGRAM)
        defer { close(asking) }
        let message = question("example.com")
        send(asking, message, message.count, 0)
        var waiting = pollfd(fd: datagrams, events: Int16(POLLIN), revents: 0)
        #expect(poll(&waiting, 1, 5000) == 1)
        let (bytes, asker) = try #require(NameSocket.receive(at: datagrams))
        #expect(bytes == message)
        asker.send([9, 9, 9], from: datagrams)
        #expect(server.answer(at: asking, 5000) == [9, 9, 9])
        // More than a datagram holds, both ways.
        let client = server.place.connect(SOCK_STREAM)
        defer { close(client) }
        waiting = pollfd(fd: connections, events: Int16(POLLIN), revents: 0)
        #expect(poll(&waiting, 1, 5000) == 1)
        let peer = accept(connections, nil, nil)
        defer { close(peer) }
        for (from, to) in [(client, peer), (peer, client)] {
            let sent = (0..<30_000).map { UInt8(truncatingIfNeeded: $0) }
            #expect(send(from, sent, sent.count, Int32(MSG_NOSIGNAL)) == sent.count)
            var received: [UInt8] = []
            while received.count < sent.count, let part = server.answer(at: to, 5000), !part.isEmpty {
                received += part
            }
            #expect(received == sent)
        }
    }
}
