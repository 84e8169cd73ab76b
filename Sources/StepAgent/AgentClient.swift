import Glibc
import LinuxCalls

/// What runs in a supervisor's terminal in place of a step: hands it to the agent of the container and ends as it ends.
struct AgentClient {
    private static let gone: Int32 = 125

    let socket: String

    /// Runs the step and returns its exit status: 125 when the container ended first.
    func run(_ request: StepRequest) -> Int32 {
        for number in [SIGHUP, SIGPIPE, SIGTTOU, SIGTTIN] { signal(number, SIG_IGN) }
        let signals = [SIGINT, SIGTERM].withUnsafeBufferPointer { linux_watch_signals($0.baseAddress, $0.count) }
        guard let bytes = StepMessage.run(request).bytes else {
            return refuse(126, "the step's command and environment have more than \(StepRequest.longest >> 20) MB")
        }
        let agent: Int32
        switch connect(watching: signals) {
        case .connected(let connection): agent = connection
        case .signaled(let number): return 128 + number
        case .failed(let sentence): return refuse(Self.gone, sentence)
        }
        lendTerminal(to: agent)
        guard send(bytes, descriptors: [0, 1, 2], to: agent) else { return refuse(Self.gone, Self.hasEnded) }
        return attend(agent, signals)
    }

    private static let hasEnded = "the step's container has ended"

    private func refuse(_ status: Int32, _ sentence: String) -> Int32 {
        Words.complain(sentence)
        return status
    }

    // MARK: Before the step

    private enum Connection {
        case connected(Int32)
        case signaled(Int32)
        case failed(String)
    }

    /// Waits up to 10 seconds for the socket to appear: the container has only just been started.
    private func connect(watching signals: Int32) -> Connection {
        let watch = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        defer { close(watch) }
        inotify_add_watch(watch, SocketPath(socket).folder, UInt32(IN_MOVED_TO) | UInt32(IN_CREATE))
        let deadline = Self.milliseconds() + 10_000
        while true {
            let connection = linux_connect(socket)
            if connection >= 0 { return .connected(connection) }
            // Nobody listens at a socket that is there: it appears only once somebody does.
            if errno == ECONNREFUSED { return .failed(Self.hasEnded) }
            guard errno == ENOENT else {
                return .failed("the step's container can't be reached: \(socket): \(Words.sentence(of: errno))")
            }
            let wait = deadline - Self.milliseconds()
            guard wait > 0 else { return .failed("the step's container can't be reached: there is no \(socket)") }
            var events = [watch, signals].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            poll(&events, 2, Int32(wait))
            if case let number = linux_next_signal(signals), number != 0 { return .signaled(number) }
            var buffer = [UInt8](repeating: 0, count: 4096)
            while read(watch, &buffer, buffer.count) > 0 {}
        }
    }

    private static func milliseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// Gives the terminal up as this session's own, so that the step's can have it, and lets the container's user open
    /// it again (`/dev/stderr`).
    private func lendTerminal(to agent: Int32) {
        var user = uid_t.max
        let isKnown = linux_peer(agent, &user) == 0
        for descriptor: Int32 in 0...2 where isatty(descriptor) == 1 {
            if geteuid() != 0 {
                _ = fchmod(descriptor, 0o622)
            } else if isKnown {
                _ = fchown(descriptor, user, gid_t.max)
            }
            _ = linux_leave_terminal(descriptor)
        }
    }

    /// The descriptors go beside the first byte.
    private func send(_ bytes: [UInt8], descriptors: [Int32] = [], to agent: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                linux_send(agent, $0.baseAddress, $0.count, descriptors, sent == 0 ? descriptors.count : 0)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    // MARK: While it runs

    /// Passes signals on until the agent says how the step ended.
    private func attend(_ agent: Int32, _ signals: Int32) -> Int32 {
        var buffer = MessageBuffer()
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            var events = [agent, signals].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            poll(&events, 2, -1)
            while case let number = linux_next_signal(signals), number != 0 {
                if let message = StepMessage.signal(UInt8(number)).bytes { _ = send(message, to: agent) }
            }
            guard events[0].revents != 0 else { continue }
            let count = read(agent, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return refuse(Self.gone, Self.hasEnded) }
            buffer.append(bytes[..<count])
            do {
                switch try buffer.next() {
                case .ended(let status): return Int32(status)
                case .refused(let status, let sentence): return refuse(Int32(status), sentence)
                case .run, .signal: throw BadMessage.malformed
                case nil: continue
                }
            } catch {
                return refuse(Self.gone, "the step's container answered with something else than an agent's words")
            }
        }
    }
}
