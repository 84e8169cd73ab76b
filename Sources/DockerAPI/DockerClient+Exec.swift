import Foundation
import HTTPTransport
import Model

/// A command that is to run in a container that runs.
public struct CreateExec: Encodable, Sendable {
    public var command: [String]
    public var tty: Bool
    /// `KEY=VALUE`.
    public var environment: [String]
    public var user: String?
    public var workingDirectory: String?
    private let attach = true

    public init(
        command: [String], tty: Bool, environment: [String] = [], user: String? = nil, workingDirectory: String? = nil
    ) {
        self.command = command
        self.tty = tty
        self.environment = environment
        self.user = user
        self.workingDirectory = workingDirectory
    }

    private enum CodingKeys: String, CodingKey {
        case command = "Cmd"
        case tty = "Tty"
        case environment = "Env"
        case user = "User"
        case workingDirectory = "WorkingDir"
        case input = "AttachStdin"
        case output = "AttachStdout"
        case error = "AttachStderr"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(command, forKey: .command)
        try container.encode(tty, forKey: .tty)
        try container.encode(environment, forKey: .environment)
        try container.encodeIfPresent(user, forKey: .user)
        try container.encodeIfPresent(workingDirectory, forKey: .workingDirectory)
        for key in [CodingKeys.input, .output, .error] { try container.encode(attach, forKey: key) }
    }
}

/// What the engine says of a command in a container.
public struct ExecInspection: Decodable, Sendable {
    public var isRunning: Bool
    /// Nil while it runs.
    public var exitCode: Int?
    /// Number of its process on the engine's machine; 0 before it runs.
    public var pid: Int

    private enum CodingKeys: String, CodingKey {
        case isRunning = "Running"
        case exitCode = "ExitCode"
        case pid = "Pid"
    }
}

/// The terminal, or the pipes, of a command in a container.
public struct ExecConnection: Sendable {
    private let tunnel: HTTPTunnel
    private let client: DockerClient

    /// What it writes: raw bytes of a terminal, or the engine's frames (see ``LogFrameDecoder``) without one.
    public let output: AsyncThrowingStream<[UInt8], any Error>

    init(_ tunnel: HTTPTunnel, _ client: DockerClient) {
        self.tunnel = tunnel
        self.client = client
        let chunks = tunnel.chunks
        output = AsyncThrowingStream {
            try await client.reaching {
                for try await chunk in chunks { return chunk as [UInt8]? }
                return nil
            }
        }
    }

    /// Writes to its standard input.
    public func write(_ bytes: [UInt8]) async throws { try await client.reaching { try await tunnel.write(bytes) } }

    /// Ends its standard input.
    public func finishInput() { tunnel.finishWriting() }
}

extension DockerClient {
    /// Maps to `POST /containers/(id)/exec`; `.conflict` where the container doesn't run.
    public func createExec(_ exec: CreateExec, in container: String) async throws -> String {
        let created: CreatedExec = try await post(
            "/containers/\(Call.escape(container))/exec", [], exec,
            doing: "run \(exec.command.first ?? "") in the container \(container.prefix(12))")
        return created.id
    }

    /// Maps to `POST /exec/(id)/start`, which leaves HTTP.
    public func startExec(_ id: String, tty: Bool) async throws -> ExecConnection {
        let body = Array(try JSON.text(of: ["Detach": false, "Tty": tty]).utf8)
        let call = Call(method: "POST", path: "/exec/\(Call.escape(id))/start", body: body, doing: "run a command")
        let tunnel = try await reaching { try await http.tunnel(call.request, timeout: .seconds(60)) }
        guard tunnel.head.status < 400 else {
            let length = tunnel.head.header("Content-Length").flatMap { Int($0) } ?? 0
            var body: [UInt8] = []
            for try await chunk in tunnel.chunks {
                body += chunk
                if body.count >= length { break }
            }
            throw call.failure(status: tunnel.head.status, body: body)
        }
        return ExecConnection(tunnel, self)
    }

    /// Maps to `POST /exec/(id)/resize`.
    public func resizeExec(_ id: String, rows: Int, columns: Int) async throws {
        try await post(
            "/exec/\(Call.escape(id))/resize", [("h", "\(rows)"), ("w", "\(columns)")], doing: "resize a terminal")
    }

    /// Maps to `GET /exec/(id)/json`.
    public func exec(_ id: String) async throws -> ExecInspection {
        try await get("/exec/\(Call.escape(id))/json", doing: "inspect a command")
    }
}

private struct CreatedExec: Decodable {
    var id: String
    private enum CodingKeys: String, CodingKey { case id = "Id" }
}
