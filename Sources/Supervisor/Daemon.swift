import Foundation
import Glibc
import Model

/// A program that outlives the server, such as the edge or the registry. The pid file holds the start time, so that
/// another process that got the same number is never mistaken for it.
public struct Daemon: Sendable {
    private let name: String
    private let pidDirectory: String
    private let logPath: String

    /// `name` names the pid file; what the program prints is appended to `logPath`.
    public init(name: String, pidDirectory: String, logPath: String) {
        self.name = name
        self.pidDirectory = pidDirectory
        self.logPath = logPath
    }

    /// The process that runs; nil when none does.
    public var pid: Int32? { identity?.pid }

    /// Whether it runs.
    public func isRunning() -> Bool { identity != nil }

    /// Whether a process is of the program's session.
    public func owns(_ process: Int32) -> Bool {
        guard let leader = pid else { return false }
        return ProcessStat(pid: process)?.session == leader
    }

    /// Starts the program in a session of its own, unless it runs. Returns its pid. `environment` is the whole
    /// environment; nil means the server's.
    @discardableResult
    public func start(_ arguments: [String], environment: [String: String]? = nil) throws -> Int32 {
        Children.reap()
        try FileManager.default.createDirectory(atPath: pidDirectory, withIntermediateDirectories: true)
        guard let lock = OpenFileLock.open(pidDirectory + "/\(name).lock") else {
            throw Failure(.unavailable, "\(pidDirectory)/\(name).lock can't be opened", cause: Errno().description)
        }
        defer { close(lock) }
        guard OpenFileLock.take(lock) else {
            throw Failure(.conflict, "\(name) is being started by somebody else", hint: "Try again.")
        }
        defer { OpenFileLock.release(lock) }
        if let identity { return identity.pid }
        var environment = environment ?? ProcessInfo.processInfo.environment
        environment["SLIPWAY_DAEMON"] = pidPath
        guard let program = arguments.first.flatMap({ Spawn.find($0, path: environment["PATH"], in: "/") }) else {
            throw Failure(
                .unavailable, "The program \(arguments.first ?? "") of \(name) is not installed",
                hint: "Install it, or put its folder into PATH.")
        }
        do {
            let output = Spawn.Source.path(logPath, flags: O_WRONLY | O_CREAT | O_APPEND)
            let pid = try Spawn.launch(
                program, arguments, environment: environment,
                descriptors: [.path("/dev/null", flags: O_RDONLY), output, .descriptor(1)])
            Children.adopt(pid)
            if let identity = ProcessIdentity(pid: pid) {
                try DurableFile.write(Data(identity.text.utf8), to: pidPath)
            }
            return pid
        } catch {
            throw Failure(.unavailable, "\(name) can't be started (\(program))", cause: "\(error)")
        }
    }

    /// Sends TERM to the program, and KILL to all of its processes that are left after `grace`.
    public func stop(grace: Duration = .seconds(5)) async {
        guard let identity else { return }
        var members = SessionMembers(leader: identity.pid)
        _ = members.current()
        identity.send(SIGTERM)
        let deadline = ContinuousClock.now + grace
        while identity.isAlive, ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { break }
            Children.reap()
        }
        members.killAll()
        Children.reap()
        unlink(pidPath)
    }

    private var pidPath: String { "\(pidDirectory)/\(name).pid" }

    private var identity: ProcessIdentity? {
        Children.reap()
        if let text = FileManager.default.contents(atPath: pidPath),
            let identity = ProcessIdentity(text: String(decoding: text, as: UTF8.self)), identity.isAlive
        {
            return identity
        }
        return found
    }

    /// Started by a server that died before it could write the pid file: found by the mark in its environment.
    private var found: ProcessIdentity? {
        let mark = "SLIPWAY_DAEMON=\(pidPath)"
        return ProcessStat.all().sorted { $0.startTime < $1.startTime }.first { stat in
            stat.state != "Z" && stat.session == stat.pid
                && FileManager.default.contents(atPath: "/proc/\(stat.pid)/environ").map {
                    String(decoding: $0, as: UTF8.self).split(separator: "\0").contains { $0 == mark }
                } ?? false
        }.flatMap { ProcessIdentity(pid: $0.pid) }
    }
}
