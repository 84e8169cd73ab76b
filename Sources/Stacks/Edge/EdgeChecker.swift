import Foundation
import Glibc
import Model
import Subprocess
import SystemPackage

/// Has HAProxy read a configuration without carrying it out, from a draft beside the one that it runs with.
struct EdgeChecker: Sendable {
    let directory: String
    let program: String

    /// Where the certificates are that HAProxy reads.
    static func folder(_ directory: String) -> String { "\(directory)/pem" }

    /// What HAProxy says against it; nil where it takes it.
    func problem(of configuration: EdgeConfiguration) async throws -> Failure? {
        let draft = "\(directory)/draft-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: draft) }
        try FileManager.default.createDirectory(
            atPath: draft, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var configuration = configuration
        configuration.certificateFolder = Self.folder(draft)
        try Self.writeCertificates(of: configuration, in: draft)
        let path = "\(draft)/haproxy.cfg"
        try Data(configuration.text().utf8).write(to: URL(fileURLWithPath: path))
        var variables = ProcessInfo.processInfo.environment
        variables["PATH"] = (variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin") + ":/usr/sbin:/sbin"
        let outcome = try await Subprocess.run(
            program.hasPrefix("/") ? .path(FilePath(program)) : .name(program), arguments: ["-c", "-f", path],
            environment: .inherit.updating(["PATH": variables["PATH"]]), output: .discarded,
            error: .string(limit: 64 << 10))
        guard !outcome.terminationStatus.isSuccess else { return nil }
        let alerts = outcome.standardError.split(separator: "\n").filter { $0.contains("ALERT") }
        let words = alerts.first.map {
            String($0).replacing(#/^\[ALERT\]\s*\(\d+\)\s*:\s*(config : )?/#, with: "")
                .replacing(#/parsing \[[^\]]*\] : /#, with: "").replacing("\(draft)/pem/", with: "")
        }
        return Failure(
            .invalid, "HAProxy doesn't take what a load balancer brings", hint: "See its config and its certificates.",
            cause: words ?? "it says nothing")
    }

    /// Writes certificates and keys that only the owner may read; those that are there stay.
    static func writeCertificates(of configuration: EdgeConfiguration, in directory: String) throws {
        let certificates = configuration.fronts.flatMap(\.certificates).filter { $0.pem != nil }
        guard !certificates.isEmpty else { return }
        let files = FileManager.default
        let folder = folder(directory)
        try files.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for certificate in certificates where !files.fileExists(atPath: "\(folder)/\(certificate.file)") {
            let path = "\(folder)/\(certificate.file)"
            try? files.removeItem(atPath: "\(path).new")
            guard
                files.createFile(
                    atPath: "\(path).new", contents: Data((certificate.pem ?? "").utf8),
                    attributes: [.posixPermissions: 0o600]),
                rename("\(path).new", path) == 0
            else { throw Failure(.unavailable, "\(path) can't be written", hint: "Is the disk full?") }
        }
    }
}

extension EdgeConfiguration {
    /// Everything that it listens on.
    var ports: [(name: String, number: Int, address: String?)] {
        services.filter { !$0.isTunnel && !$0.isBackend }.map { ($0.name, $0.hostPort, $0.hostAddress) }
            + fronts.map { ($0.name, $0.hostPort, $0.hostAddress) }
    }

    /// Ports for TLS whose certificates are not there, by name: a sentence each.
    var certificateRefusals: [String: String] {
        fronts.reduce(into: [:]) { found, front in
            guard front.mode.endsTLS, !front.certificates.contains(where: { $0.pem != nil }) else { return }
            let names = front.certificates.map(\.name).joined(separator: ", ")
            found[front.name] = "port \(front.hostPort) has no certificate: \(names) is neither a secret nor a file"
        }
    }

    /// Whether a port's backends hold lines that the service brought.
    func hasOwnLines(_ front: Front) -> Bool {
        services.contains { front.backends.contains($0.name) && !$0.lines.isEmpty }
    }
}

extension EdgeConfiguration.Front {
    /// Whether the service brought lines or certificates for it.
    var isOwn: Bool { !lines.isEmpty || !certificates.isEmpty }
}
