import Foundation
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

    /// Starts it and returns where it listens: `127.0.0.1:5000`, or the next free port. Chosen once, since images are
    /// recorded under it. Throws when the port that was chosen before is now another program's.
    func establish() async throws -> String {
        if let known {
            try start(at: known)
            guard try await isListening(at: known) else {
                throw Failure(
                    .unavailable, "The registry can't listen on \(known), under which images are recorded",
                    hint: "Another program holds the port: end it. The registry's log is \(data.logs)/registry.log.")
            }
            return known
        }
        // Of a server that died before it had recorded the address.
        if daemon.isRunning() { await daemon.stop() }
        for port in 5000..<5100 where Self.isFree(port) {
            let address = "127.0.0.1:\(port)"
            try start(at: address)
            // Two that start at once may both have found the port free.
            guard try await isListening(at: address) else { continue }
            try write(address, to: addressFile)
            logger.info("registry started", metadata: ["address": "\(address)"])
            return address
        }
        throw Failure(
            .unavailable, "The registry can't listen on any port from 5000 to 5099",
            hint: "Its log is \(data.logs)/registry.log; or name another registry with --registry.")
    }

    private var known: String? {
        (try? String(contentsOfFile: addressFile, encoding: .utf8)).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether our own process listens there; waits for it as long as it lives, at most 15 seconds.
    private func isListening(at address: String) async throws -> Bool {
        guard let port = address.split(separator: ":").last.flatMap({ Int($0) }) else { return false }
        for _ in 0..<300 {
            guard let pid = daemon.pid else { return false }
            if ListeningSocket.isHeld(port: port, by: pid) { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        await daemon.stop()
        return false
    }

    /// Starts it unless it runs.
    private func start(at address: String) throws {
        if daemon.isRunning() { return }
        let configuration = """
            version: 0.1
            log: {level: warn, accesslog: {disabled: true}}
            storage:
              filesystem: {rootdirectory: \(data.registry)/images}
              delete: {enabled: true}
            http: {addr: \(address)}

            """
        try write(configuration, to: configurationFile)
        try daemon.start(["docker-registry", "serve", configurationFile], environment: nil)
    }

    private func write(_ text: String, to file: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw Failure(.unavailable, "\(file) can't be written", cause: error.localizedDescription)
        }
    }

    /// Keeps it alive while the server runs; it stays up when the server ends.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if let known { try start(at: known) }
                } catch {
                    logger.error("registry", metadata: ["reason": "\(error)"])
                }
                try? await Task.sleep(for: .seconds(2))
            }
        }
    }

    /// Whether a port of this machine's own address can be listened on now.
    static func isFree(_ port: Int) -> Bool { isFree(port, host: "127.0.0.1") }

    static func isFree(_ port: Int, host: String) -> Bool { (try? Preflight.port(port, host: host)) != nil }
}
