public import Logging
import Foundation
import Glibc
import Model

/// TLS in front of Slipway's own pages: an HAProxy of its own, which outlives the server and comes back by itself, as the
/// edge does.
///
/// What it shall be is computed from the settings and from the certificate's files as they are, again and again: a
/// renewed certificate is taken up by a reload, which cuts no connection.
public actor Front {
    /// What the server was told.
    public struct Settings: Sendable {
        public var address: String
        public var port: Int
        public var redirectPort: Int?
        public var publicURL: String
        /// PEM files.
        public var certificate: String
        public var key: String
        /// The server's socket for it.
        public var socket: String

        public init(
            address: String, port: Int, redirectPort: Int?, publicURL: String, certificate: String, key: String,
            socket: String
        ) {
            self.address = address
            self.port = port
            self.redirectPort = redirectPort
            self.publicURL = publicURL
            self.certificate = certificate
            self.key = key
            self.socket = socket
        }
    }

    private static let patience = Duration.seconds(15)
    private static let interval = Duration.seconds(5)

    private let settings: Settings
    private let process: EdgeProcess
    private let master: EdgeMaster
    private let check: @Sendable (String) async throws -> Void
    private let logger: Logger
    private var lastProblem: String?

    /// - Parameters:
    ///   - directory: Where its files are; only the server's user may read it.
    ///   - keeper: The program whose `keep-edge` keeps HAProxy running; nil where nobody does.
    ///   - check: Throws where HAProxy would not take the configuration file of that path.
    public init(
        directory: String, program: String, keeper: String?, settings: Settings, logger: Logger,
        check: @escaping @Sendable (String) async throws -> Void
    ) {
        self.settings = settings
        process = EdgeProcess(directory: directory, program: program, keeper: keeper)
        master = EdgeMaster(socket: process.socket)
        self.check = check
        self.logger = logger
    }

    /// Ends what an earlier start without these settings left.
    public static func stop(directory: String) async {
        let process = EdgeProcess(directory: directory, program: "haproxy", keeper: nil)
        try? FileManager.default.removeItem(atPath: process.configurationPath)
        await process.stop()
    }

    /// Makes HAProxy what it shall be now. Throws where the certificate can't be used, or the port can't be had: what ran
    /// before goes on.
    public func converge() async throws {
        let pem = try Self.pem(certificate: settings.certificate, key: settings.key)
        let wished = FrontConfiguration(
            address: settings.address, port: settings.port, redirectPort: settings.redirectPort,
            publicURL: settings.publicURL, socket: settings.socket,
            certificate: String(Fingerprint(pem).value, radix: 16))
        if await structure == wished.structure {
            if !process.isKept { try process.start() }
            return
        }
        try FileManager.default.createDirectory(
            atPath: process.directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // HAProxy looks at a draft first: a file that it doesn't take would keep it from coming back one day.
        try write(pem, to: draft("pem"))
        try write(wished.text(pem: draft("pem")), to: draft("cfg"))
        try await check(draft("cfg"))
        try write(pem, to: pemPath)
        try write(wished.text(pem: pemPath), to: process.configurationPath)
        for kind in ["pem", "cfg"] { try? FileManager.default.removeItem(atPath: draft(kind)) }
        if process.isRunning, await structure != nil {
            try await master.reload()
            logger.info("TLS front reloaded")
        } else {
            try process.start()
            logger.info("TLS front started", metadata: ["port": "\(settings.port)"])
        }
        try await awaitStructure(wished.structure)
    }

    /// Keeps it what it shall be, until the task is cancelled; it stays up when the server ends.
    public func run() async {
        while !Task.isCancelled {
            do {
                try await converge()
                lastProblem = nil
            } catch is CancellationError {
                return
            } catch {
                // Once, not every few seconds.
                if lastProblem != "\(error)" { logger.error("TLS front: \(error)") }
                lastProblem = "\(error)"
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    // MARK: Files

    private var pemPath: String { "\(process.directory)/slipway.pem" }

    private func draft(_ kind: String) -> String { "\(process.directory)/draft.\(kind)" }

    /// Certificates and key in one text, as HAProxy wants them.
    private static func pem(certificate: String, key: String) throws -> String {
        let (chain, secret) = (try read(certificate), try read(key))
        guard chain.contains("-----BEGIN CERTIFICATE-----") else {
            throw Failure(.invalid, "\(certificate) holds no certificate", hint: "It is to be a PEM file.")
        }
        guard secret.contains("PRIVATE KEY-----") else {
            throw Failure(.invalid, "\(key) holds no key", hint: "It is to be a PEM file, without a passphrase.")
        }
        let mode =
            try FileManager.default.attributesOfItem(
                atPath: URL(filePath: key).resolvingSymlinksInPath().path)[.posixPermissions] as? Int
        guard let mode, mode & 0o037 == 0 else {
            throw Failure(
                .invalid, "\(key) can be read by everybody on this machine, or written by others than its owner",
                hint: "chmod 0600 \(key)")
        }
        return chain + "\n" + secret
    }

    private static func read(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Failure(.invalid, "\(path) can't be read", cause: error.localizedDescription)
        }
    }

    /// Complete or not at all; only the owner may read it.
    private func write(_ text: String, to path: String) throws {
        let files = FileManager.default
        let part = "\(path).new"
        try? files.removeItem(atPath: part)
        guard files.createFile(atPath: part, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]),
            rename(part, path) == 0
        else { throw Failure(.unavailable, "\(path) can't be written", hint: "Is the disk full?") }
    }

    // MARK: What is there

    /// Of the configuration that takes connections; nil where none does.
    private var structure: String? {
        get async {
            guard process.isRunning else { return nil }
            return (try? await master.workers())?.first(where: \.isCurrent)?.state.structure
        }
    }

    private func awaitStructure(_ wished: String) async throws {
        let deadline = ContinuousClock.now + Self.patience
        repeat {
            if await structure == wished { return }
            try await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now < deadline
        throw Failure(
            .unavailable, "The TLS front (HAProxy) doesn't listen on \(settings.address):\(settings.port)",
            hint: "Is the port held by another program, or one below 1024 that this user may not have? "
                + "See \(process.logPath).")
    }
}
