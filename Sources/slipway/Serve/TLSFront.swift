import Foundation
import Logging
import Model
import ServiceLifecycle
import Stacks
import Subprocess

/// HAProxy in front of the server's own pages, kept what it shall be while the server runs; it stays up when the server
/// ends, and says that the next one is to come.
struct TLSFront: Service {
    private let front: Front

    init(_ tls: CheckedWebOptions.TLS, data: DataDirectory, publicURL: String, keeper: String, logger: Logger) {
        front = Front(
            directory: data.front, program: "haproxy", keeper: keeper,
            settings: Front.Settings(
                address: tls.host, port: tls.port, redirectPort: tls.redirectPort, publicURL: publicURL,
                certificate: tls.certificate, key: tls.key, socket: data.frontSocket),
            logger: logger, check: Self.check)
    }

    /// Throws where the certificate can't be used or the port can't be had, so that it is said at the start.
    func establish() async throws { try await front.converge() }

    func run() async throws { await cancelWhenGracefulShutdown { await front.run() } }

    /// Has HAProxy read a configuration without carrying it out.
    @Sendable private static func check(_ path: String) async throws {
        var environment = ProcessInfo.processInfo.environment
        environment["PATH"] = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin") + ":/usr/sbin:/sbin"
        let outcome = try await Subprocess.run(
            .name("haproxy"), arguments: ["-c", "-q", "-f", path],
            environment: .inherit.updating(["PATH": environment["PATH"]]),
            output: .discarded, error: .string(limit: 64 << 10))
        guard outcome.terminationStatus.isSuccess else {
            let alert = outcome.standardError.split(separator: "\n").first { $0.contains("ALERT") }
            throw Failure(
                .invalid, "The certificate or its key can't be used",
                hint: "Are they PEM files that belong together, the chain with the server's own certificate first?",
                cause: alert.map(String.init))
        }
    }
}
