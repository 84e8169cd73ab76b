import Glibc
import LinuxCalls

/// Answers what the containers of an environment ask for: names of services from a file that is read again when it changes,
/// all others from the name server of its own machine. One thread, which waits in `poll`.
///
/// It keeps nothing: it may be killed and started at any time. Nobody else's answer is looked into.
public struct NameServer {
    /// A question that was passed on.
    private struct Errand {
        var client: NameSocket
        var deadline: Int
    }

    /// One direction of a connection that is passed on.
    private struct Stream {
        var to: Int32
        /// What was read and not written yet; while there is some, no more is read.
        var held: ArraySlice<UInt8> = []
        var deadline: Int
    }

    private static let patience = 10
    private static let mostErrands = 512
    private static let mostStreams = 128

    private let datagrams: Int32
    private let connections: Int32
    private let signals: Int32
    private let upstream: NameSocket?
    private var file: FileText
    private var book = NameBook()
    private var turn = 0
    /// By the socket that the answer comes to.
    private var errands: [Int32: Errand] = [:]
    /// By the socket that is read.
    private var streams: [Int32: Stream] = [:]

    /// Serves until `SIGTERM` or `SIGINT`; returns the exit status.
    ///
    /// - Parameters:
    ///   - file: where a ``NameBook`` is, or will be.
    ///   - place: `0.0.0.0:53`, where to listen, with datagrams and connections.
    ///   - upstream: who is asked for other names; nil: whom `/etc/resolv.conf` names.
    public static func serve(file: String, at place: String, upstream: String? = nil) -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        let signals = [SIGTERM, SIGINT].withUnsafeBufferPointer { linux_watch_signals($0.baseAddress, $0.count) }
        guard let place = NameSocket(place) else {
            complain("\(place) is no address and port")
            return 2
        }
        let (datagrams, connections) = (place.listen(SOCK_DGRAM), place.listen(SOCK_STREAM))
        guard signals >= 0, datagrams >= 0, connections >= 0 else {
            complain("can't listen at \(place.address):\(place.port): \(String(cString: strerror(errno)))")
            return 1
        }
        var server = NameServer(
            datagrams: datagrams, connections: connections, signals: signals,
            upstream: upstream.flatMap(NameSocket.init) ?? NameSocket.ofMachine(), file: FileText(file))
        return server.run()
    }

    private static func complain(_ sentence: String) {
        let line = Array("slipway: the name server \(sentence)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }

    // MARK: The loop

    private mutating func run() -> Int32 {
        while true {
            var waiting = [signals, datagrams, streams.count < Self.mostStreams ? connections : -1].map(Self.toRead)
            waiting += errands.keys.map(Self.toRead)
            waiting += streams.map { source, stream in
                stream.held.isEmpty
                    ? Self.toRead(source) : pollfd(fd: stream.to, events: Int16(POLLOUT), revents: 0)
            }
            let isIdle = errands.isEmpty && streams.isEmpty
            guard poll(&waiting, nfds_t(waiting.count), isIdle ? -1 : 1000) >= 0 || errno == EINTR else { return 1 }
            if waiting[0].revents != 0, linux_next_signal(signals) != 0 { return 0 }
            if waiting[1].revents != 0 { answer() }
            if waiting[2].revents != 0 { accept() }
            for event in waiting.dropFirst(3) where event.revents != 0 {
                if errands[event.fd] != nil {
                    bringBack(event.fd)
                } else if event.events == Int16(POLLOUT) {
                    if let source = streams.first(where: { $0.value.to == event.fd })?.key { flush(source) }
                } else {
                    pass(event.fd)
                }
            }
            if !isIdle { giveUp() }
        }
    }

    private static func toRead(_ descriptor: Int32) -> pollfd {
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    }

    /// Seconds of a clock that nobody sets.
    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }

    private mutating func giveUp() {
        let now = Self.now
        for (descriptor, errand) in errands where errand.deadline < now {
            close(descriptor)
            errands[descriptor] = nil
        }
        for (source, stream) in streams where stream.deadline < now { part(source) }
    }

    // MARK: Datagrams

    private mutating func answer() {
        while let (bytes, client) = NameSocket.receive(at: datagrams) {
            guard let question = Question(bytes) else { continue }
            if let news = file.news() { book = NameBook(text: news) }
            let answer = book.find(question.name)
            if answer == .foreign, upstream != nil {
                passOn(bytes, for: client)
            } else {
                turn &+= 1
                client.send(question.reply(answer, turn: turn & 0xffff), from: datagrams)
            }
        }
    }

    /// From a port of its own each time, which nobody can guess.
    private mutating func passOn(_ bytes: [UInt8], for client: NameSocket) {
        guard errands.count < Self.mostErrands, let upstream, case let descriptor = upstream.connect(SOCK_DGRAM),
            descriptor >= 0
        else { return }
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            close(descriptor)
            return
        }
        errands[descriptor] = Errand(client: client, deadline: Self.now + Self.patience)
    }

    private mutating func bringBack(_ descriptor: Int32) {
        let answer = NameSocket.receive(at: descriptor)
        close(descriptor)
        guard let errand = errands.removeValue(forKey: descriptor), let answer else { return }
        errand.client.send(answer.bytes, from: datagrams)
    }

    // MARK: Connections

    /// Who comes by one is after something long: that is no name of ours.
    private mutating func accept() {
        let client = Glibc.accept(connections, nil, nil)
        guard client >= 0 else { return }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        _ = fcntl(client, F_SETFL, O_NONBLOCK)
        guard let upstream, case let server = upstream.connect(SOCK_STREAM), server >= 0 else {
            close(client)
            return
        }
        let deadline = Self.now + Self.patience
        streams[client] = Stream(to: server, deadline: deadline)
        streams[server] = Stream(to: client, deadline: deadline)
    }

    private mutating func pass(_ source: Int32) {
        guard streams[source] != nil else { return }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = read(source, &bytes, bytes.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return part(source) }
        streams[source]?.held = bytes[..<count]
        flush(source)
    }

    private mutating func flush(_ source: Int32) {
        guard let stream = streams[source] else { return }
        let count = stream.held.withUnsafeBytes {
            send(stream.to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return part(source) }
        streams[source]?.held = stream.held.dropFirst(count)
        streams[source]?.deadline = Self.now + Self.patience
    }

    /// Ends both directions.
    private mutating func part(_ source: Int32) {
        guard let stream = streams.removeValue(forKey: source) else { return }
        streams[stream.to] = nil
        close(source)
        close(stream.to)
    }
}
