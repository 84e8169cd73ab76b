import Foundation
import Model
import Supervisor

/// The processes of the edge: HAProxy with its master, and a keeper that starts it again when it dies. Both outlive the
/// server, and the keeper doesn't need it.
public struct EdgeProcess: Sendable {
    let directory: String
    private let program: String
    private let keeper: String?

    /// - Parameters:
    ///   - directory: Where the edge's files are.
    ///   - program: HAProxy.
    ///   - keeper: The program whose `keep-edge` keeps HAProxy running; nil where nobody does.
    public init(directory: String, program: String, keeper: String?) {
        self.directory = directory
        self.program = program
        self.keeper = keeper
    }

    /// What HAProxy reads, at every start too: it holds the servers as they are.
    var configurationPath: String { "\(directory)/haproxy.cfg" }
    /// What HAProxy and its keeper print.
    var logPath: String { "\(directory)/haproxy.log" }

    /// Where HAProxy's master listens. A unix socket's path holds 107 bytes, and HAProxy appends to it while it binds.
    var socket: String {
        let beside = "\(directory)/master.sock"
        return beside.utf8.count <= 80 ? beside : "/tmp/slipway-edge-\(Self.digest(directory)).sock"
    }

    var isRunning: Bool { haproxy.isRunning() }
    /// Whether HAProxy comes back by itself, as far as it shall.
    var isKept: Bool { keeper == nil || keeping.isRunning() }

    /// Whether a process is HAProxy's master or one of its workers.
    func owns(_ pid: Int32) -> Bool { haproxy.owns(pid) }

    /// Starts what doesn't run.
    func start() throws {
        if let keeper {
            try keeping.start([keeper, "keep-edge", directory, program], environment: environment)
        } else {
            try haproxy.start(arguments, environment: environment)
        }
    }

    /// Ends HAProxy alone; where there is a keeper, it starts it again.
    func replace() async {
        await haproxy.stop(grace: .seconds(1))
    }

    /// Ends both; open connections are cut.
    public func stop() async {
        await keeping.stop(grace: .seconds(1))
        await haproxy.stop(grace: .seconds(2))
    }

    /// Keeps HAProxy running until its configuration is gone. What `keep-edge` does.
    public func keep() async throws {
        let path = configurationPath
        try await DaemonKeeper(haproxy, running: arguments) { print("[KEEPER] \($0)") }
            .run { FileManager.default.fileExists(atPath: path) }
    }

    private var haproxy: Daemon { Daemon(name: "haproxy", pidDirectory: directory, logPath: logPath) }
    private var keeping: Daemon { Daemon(name: "keeper", pidDirectory: directory, logPath: logPath) }

    private var arguments: [String] {
        [program, "-W", "-S", "\(socket),mode,600,level,admin", "-f", configurationPath]
    }

    private var environment: [String: String] {
        var all = ProcessInfo.processInfo.environment
        all["PATH"] = (all["PATH"] ?? "/usr/local/bin:/usr/bin:/bin") + ":/usr/sbin:/sbin"
        return all
    }

    private static func digest(_ text: String) -> String { String(Fingerprint(text).value, radix: 16) }
}
