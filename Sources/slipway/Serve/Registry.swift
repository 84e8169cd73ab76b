import Foundation
import Glibc
import Logging
import Model
import ServiceLifecycle
import Supervisor

/// The registry that Slipway runs for itself: CNCF Distribution on 127.0.0.1, outliving the server.
struct Registry: Service {
    let data: DataDirectory
    let logger: Logger

    private var daemon: Daemon {
        Daemon(name: "registry", pidDirectory: data.daemonFolder, logPath: "\(data.logs)/registry.log")
    }
    private var addressFile: String { "\(data.registry)/address" }
    private var configurationFile: String { "\(data.registry)/config.yml" }

    /// `127.0.0.1:5000`, or the next free port; chosen once, since images are recorded under it.
    func address() throws -> String {
        if let known = try? String(contentsOfFile: addressFile, encoding: .utf8), !known.isEmpty { return known }
        guard let port = (5000..<5100).first(where: Self.isFree) else {
            throw Failure(
                .unavailable, "No port from 5000 to 5099 is free for the registry",
                hint: "Name a registry with --registry.")
        }
        let address = "127.0.0.1:\(port)"
        do {
            try Data(address.utf8).write(to: URL(filePath: addressFile), options: .atomic)
        } catch {
            throw Failure(.unavailable, "\(addressFile) can't be written", cause: error.localizedDescription)
        }
        return address
    }

    /// Starts it unless it runs.
    func start() throws {
        if daemon.isRunning() { return }
        let configuration = """
            version: 0.1
            log: {level: warn, accesslog: {disabled: true}}
            storage:
              filesystem: {rootdirectory: \(data.registry)/images}
              delete: {enabled: true}
            http: {addr: \(try address())}

            """
        do {
            try Data(configuration.utf8).write(to: URL(filePath: configurationFile), options: .atomic)
        } catch {
            throw Failure(.unavailable, "\(configurationFile) can't be written", cause: error.localizedDescription)
        }
        _ = try daemon.start(["docker-registry", "serve", configurationFile], environment: nil)
        let address = try address()
        logger.info("registry started", metadata: ["address": "\(address)"])
    }

    /// Keeps it alive while the server runs; it stays up when the server ends.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try start()
                } catch {
                    logger.error("registry", metadata: ["reason": "\(error)"])
                }
                try? await Task.sleep(for: .seconds(2))
            }
        }
    }

    static func isFree(_ port: Int) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
