import Glibc
import LinuxCalls

/// Process 1 of a container in which steps run: starts what its clients ask for, tells them how it ended, and buries
/// orphans. One thread, which waits in `poll`.
struct AgentServer {
    /// One client. It asks for one step; when it goes away before that step's end, so does the step.
    private struct Connection {
        var buffer = MessageBuffer()
        /// Its descriptors 0 to 2, until the step has them.
        var descriptors: [Int32] = []
        /// The leader of its step's session.
        var leader: pid_t?
    }

    /// A step whose leader is not buried.
    private struct Running {
        /// The process group of its program.
        var group: pid_t
        /// Nil once its client is gone.
        var client: Int32?
        /// Whether it was told to end: then nothing of it stays.
        var isEnding = false
    }

    private static let mostClients = 64

    private let listener: Int32
    private let signals: Int32
    /// Of the socket's folder.
    private let owner: uid_t
    private var connections: [Int32: Connection] = [:]
    private var steps: [pid_t: Running] = [:]

    /// Serves until `SIGTERM` or `SIGINT`; returns the exit status.
    static func serve(at path: String) -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        // Where it isn't process 1, orphans shall come to it all the same.
        _ = linux_adopt_orphans()
        let signals = [SIGCHLD, SIGTERM, SIGINT].withUnsafeBufferPointer {
            linux_watch_signals($0.baseAddress, $0.count)
        }
        guard signals >= 0, let (listener, owner) = listen(at: path) else {
            Words.complain("the agent can't listen at \(path): \(Words.sentence(of: errno))")
            return 1
        }
        var server = AgentServer(listener: listener, signals: signals, owner: owner)
        return server.run()
    }

    private init(listener: Int32, signals: Int32, owner: uid_t) {
        self.listener = listener
        self.signals = signals
        self.owner = owner
    }

    /// The socket appears when it can be connected to, in the place of an old one.
    private static func listen(at path: String) -> (listener: Int32, owner: uid_t)? {
        let place = SocketPath(path)
        let folder = open(place.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return nil }
        defer { close(folder) }
        var status = Glibc.stat()
        // Through the open folder: an address has 107 bytes.
        let draft = "/proc/self/fd/\(folder)/.\(place.name).\(getpid())"
        unlink(draft)
        let listener = linux_listen(draft)
        guard listener >= 0, fstat(folder, &status) == 0, rename(draft, "/proc/self/fd/\(folder)/\(place.name)") == 0
        else { return nil }
        return (listener, status.st_uid)
    }

    // MARK: The loop

    private mutating func run() -> Int32 {
        while true {
            let clients = Array(connections.keys)
            let mayAccept = clients.count < Self.mostClients
            var events = ([signals, mayAccept ? listener : -1] + clients).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&events, nfds_t(events.count), -1) >= 0 || errno == EINTR else { return 1 }
            if events[0].revents != 0, !takeSignals() { return 0 }
            if events[1].revents != 0 { accept() }
            for event in events.dropFirst(2) where event.revents != 0 && connections[event.fd] != nil {
                receive(from: event.fd)
            }
        }
    }

    /// False when it is time to go.
    private mutating func takeSignals() -> Bool {
        while case let number = linux_next_signal(signals), number != 0 {
            if number != SIGCHLD { return false }
        }
        while case let child = linux_ended_child(), child > 0 { bury(child) }
        return true
    }

    /// Only Slipway's user, to whom the folder belongs, and who may do all there anyway.
    private mutating func accept() {
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        _ = fcntl(client, F_SETFL, O_NONBLOCK)
        var user = uid_t.max
        guard linux_peer(client, &user) == 0, [owner, 0, geteuid()].contains(user) else {
            close(client)
            return
        }
        connections[client] = Connection()
    }

    private mutating func receive(from client: Int32) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var descriptors: [Int32] = [-1, -1, -1]
        var number = 0
        let count = linux_receive(client, &bytes, bytes.count, &descriptors, &number)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        let new = descriptors.prefix(number)
        guard count > 0, new.isEmpty || take(new, from: client) else {
            for descriptor in new { close(descriptor) }
            return part(from: client)
        }
        connections[client]?.buffer.append(bytes[..<count])
        do {
            while let message = try connections[client]?.buffer.next() { try obey(message, of: client) }
        } catch .otherVersion(let version) {
            let sentence = "the step's client speaks version \(version), its container \(StepMessage.version)"
            finish(client, .refused(status: 125, sentence: sentence))
        } catch {
            part(from: client)
        }
    }

    /// All three come at once, before the step runs.
    private mutating func take(_ descriptors: ArraySlice<Int32>, from client: Int32) -> Bool {
        guard descriptors.count == 3, connections[client]?.descriptors.isEmpty == true,
            connections[client]?.leader == nil
        else { return false }
        connections[client]?.descriptors = Array(descriptors)
        return true
    }

    private mutating func obey(_ message: StepMessage, of client: Int32) throws(BadMessage) {
        switch message {
        case .run(let request):
            guard let connection = connections[client], connection.leader == nil, connection.descriptors.count == 3
            else { throw .malformed }
            start(request, for: client, on: connection.descriptors)
        case .signal(let number):
            guard let leader = connections[client]?.leader, [SIGINT, SIGTERM, SIGKILL].contains(Int32(number)) else {
                throw .malformed
            }
            steps[leader]?.isEnding = true
            if number == UInt8(SIGKILL) {
                StepProcesses.kill(sessionOf: leader)
            } else {
                signalProgram(of: leader, Int32(number))
            }
        case .ended, .refused: throw .malformed
        }
    }

    // MARK: Steps

    private mutating func start(_ request: StepRequest, for client: Int32, on descriptors: [Int32]) {
        let environment = Words.environment(own: Words.ownEnvironment, over: request.environment)
        var (stage, error, group): (Int32, Int32, pid_t) = (0, ENOMEM, 0)
        let leader: pid_t? = Words.withList([request.directory]) { directory in
            Words.withList(request.arguments) { arguments in
                Words.withList(environment) { environment in
                    let pid = linux_start_step(directory.pointee, arguments, environment, descriptors, &group, &stage)
                    error = errno
                    return pid
                }
            }
        }
        for descriptor in descriptors { close(descriptor) }
        connections[client]?.descriptors = []
        guard let pid = leader, pid > 0, group > 0 else {
            return finish(client, Self.refusal(of: request, stage: stage, error: error))
        }
        connections[client]?.leader = pid
        steps[pid] = Running(group: group, client: client)
    }

    /// The leader waits for its program: while it lives, the program's group is no other's.
    private func signalProgram(of leader: pid_t, _ number: Int32) {
        if let group = steps[leader]?.group { kill(-group, number) }
    }

    /// Why a step never ran, in the words and with the status of a shell.
    static func refusal(of request: StepRequest, stage: Int32, error: Int32) -> StepMessage {
        let why = Words.sentence(of: error)
        let program = String(decoding: request.arguments.first ?? [], as: UTF8.self)
        let directory = String(decoding: request.directory, as: UTF8.self)
        return switch UInt32(stage) {
        case LINUX_STEP_DIRECTORY.rawValue:
            .refused(status: 126, sentence: "the step can't enter the folder \(directory): \(why)")
        case LINUX_STEP_PROGRAM.rawValue where error == ENOENT:
            .refused(status: 127, sentence: "the step's container has no program \(program)")
        case LINUX_STEP_PROGRAM.rawValue:
            .refused(status: 126, sentence: "the step's container can't run \(program): \(why)")
        default: .refused(status: 126, sentence: "the step's container can't start another process: \(why)")
        }
    }

    /// A child that has ended is still a zombie, so that its number, which is that of its session, is nobody else's.
    private mutating func bury(_ child: pid_t) {
        let step = steps.removeValue(forKey: child)
        if step?.isEnding == true { StepProcesses.kill(sessionOf: child) }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        guard let client = step?.client else { return }
        let number = status & 0x7f
        finish(client, .ended(status: UInt8(truncatingIfNeeded: number == 0 ? status >> 8 : 128 + number)))
    }

    /// Says the last word to a client.
    private mutating func finish(_ client: Int32, _ message: StepMessage) {
        if let bytes = message.bytes { _ = linux_send(client, bytes, bytes.count, nil, 0) }
        if let leader = connections[client]?.leader { steps[leader]?.client = nil }
        connections[client]?.leader = nil
        part(from: client)
    }

    /// Forgets a client, and kills its step where that has not ended.
    private mutating func part(from client: Int32) {
        guard let connection = connections.removeValue(forKey: client) else { return }
        for descriptor in connection.descriptors { close(descriptor) }
        close(client)
        guard let leader = connection.leader else { return }
        steps[leader]?.client = nil
        steps[leader]?.isEnding = true
        StepProcesses.kill(sessionOf: leader)
    }
}
