import Foundation
import Glibc
import HTTPTransport
import Logging
import Model
import Supervisor

/// The load balancer that holds the TCP ports of all services: HAProxy, told over its admin socket, so that an
/// upgrade drops no request. It outlives the server.
actor Edge: LoadBalancer {
    private let directory: String
    private let program: String
    private let socket: String
    private let logger: Logger
    private let daemon: Daemon
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(directory: String, program: String, logger: Logger) {
        self.directory = directory
        self.program = program
        self.logger = logger
        // A unix socket's path holds 107 bytes, and HAProxy appends to it while it binds.
        let beside = "\(directory)/haproxy.sock"
        socket = beside.utf8.count <= 80 ? beside : "/tmp/slipway-edge-\(Self.digest(directory)).sock"
        daemon = Daemon(name: "haproxy", pidDirectory: directory, logPath: "\(directory)/haproxy.log")
    }

    /// Makes HAProxy what `load` says, and returns what it then says of itself. Calls take turns, and each loads
    /// anew, so that an older wish never undoes a newer one.
    func converge(_ load: @Sendable () async throws -> EdgeConfiguration) async throws -> EdgeState {
        await take()
        defer { release() }
        let desired = try await load()
        if desired.services.isEmpty, !daemon.isRunning() { return EdgeState() }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try write(desired.text(socket: socket))
        var actual = await state()
        for _ in 0..<3 {
            let actions = edgeActions(desired: desired, actual: actual)
            guard !actions.isEmpty else { break }
            for action in actions { try await carryOut(action, desired) }
            actual = await state()
        }
        return actual ?? EdgeState()
    }

    /// Ends HAProxy; open connections are cut.
    func stop() async {
        await daemon.stop(grace: .seconds(2))
    }

    // MARK: Acts

    private func carryOut(_ action: EdgeAction, _ desired: EdgeConfiguration) async throws {
        switch action {
        case .start:
            // One that runs but doesn't answer is given the time to; then it is replaced.
            if daemon.isRunning() {
                if try await isUp(desired, within: .seconds(2)) { return }
                await daemon.stop(grace: .seconds(1))
            }
            let environment = ["PATH": (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"]
            try daemon.start([program, "-W", "-f", path], environment: environment)
            logger.info("edge started")
            try await awaitStructure(desired)
        case .stop: await daemon.stop(grace: .seconds(2))
        case .reload:
            if let pid = daemon.pid { kill(pid, SIGUSR2) }
            logger.info("edge reloaded")
            try await awaitStructure(desired)
        case .tell(let lines):
            for line in lines { try expectSilence(try await tell(line), line) }
        case .remove(let lines):
            for line in lines { _ = try await tell(line) }
        }
    }

    private func awaitStructure(_ desired: EdgeConfiguration) async throws {
        guard try await !isUp(desired, within: .seconds(5)) else { return }
        throw Failure(
            .unavailable, "The edge (HAProxy) doesn't take its new configuration \(path)",
            hint: "Is one of its ports held by another program? See \(directory)/haproxy.log.", cause: lastAlert)
    }

    private func isUp(_ desired: EdgeConfiguration, within time: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + time
        repeat {
            if await state()?.structure == desired.structure { return true }
            guard daemon.isRunning() else { return false }
            try await Task.sleep(for: .milliseconds(30))
        } while ContinuousClock.now < deadline
        return false
    }

    private func expectSilence(_ answer: String, _ line: String) throws {
        let text = answer.trimmingCharacters(in: .whitespacesAndNewlines)
        let isFine = text.isEmpty || text.contains("registered") || text.contains("Already exists")
        guard !isFine, !text.contains("already exists") else { return }
        throw Failure(.unavailable, "The edge refused `\(line)`", cause: text)
    }

    // MARK: What is there

    private func state() async -> EdgeState? {
        guard daemon.isRunning(), let text = try? await tell("show stat") else { return nil }
        return EdgeState(statistics: text)
    }

    private func tell(_ line: String) async throws -> String {
        try await SocketExchange(endpoint: .unixSocket(socket)).exchange(line + "\n", timeout: .seconds(3))
    }

    private var path: String { "\(directory)/haproxy.cfg" }

    /// Complete or not at all, and only where something changed.
    private func write(_ text: String) throws {
        let data = Data(text.utf8)
        if FileManager.default.contents(atPath: path) == data { return }
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Failure(
                .unavailable, "\(path) can't be written", hint: "Is the disk full?", cause: error.localizedDescription)
        }
    }

    private var lastAlert: String? {
        let log = FileManager.default.contents(atPath: "\(directory)/haproxy.log").map { $0.suffix(8192) }
        return log.flatMap { String(decoding: $0, as: UTF8.self).split(separator: "\n").last { $0.contains("ALERT") } }
            .map { String($0).replacing(#/^\[ALERT\]\s*\(\d+\) : /#, with: "") }
    }

    private static func digest(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }

    // MARK: Turns

    private func take() async {
        if !isBusy {
            isBusy = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func release() {
        if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
    }
}
