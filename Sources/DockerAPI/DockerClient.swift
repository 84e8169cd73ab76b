import Foundation
public import HTTPTransport
public import Model

/// A Docker Engine's API, version 1.41 (engine 20.10) and later.
///
/// Endpoints stand in extensions by noun, one line each. All throw ``Model/Failure``: `.unavailable` when the engine
/// doesn't answer, `.notFound` (404), `.conflict` (409, 403), `.invalid` (400), else `.failed`; the engine's own words are
/// kept as the cause.
public struct DockerClient: Sendable {
    /// The oldest API that has all we call.
    static let version = "/v1.41"

    public let endpoint: HTTPEndpoint
    let http: HTTPClient

    public init(endpoint: HTTPEndpoint) {
        self.endpoint = endpoint
        http = HTTPClient(endpoint: endpoint)
    }

    /// - Parameter address: a socket's path, `unix:///run/docker.sock` or `tcp://host:2375`, as in `DOCKER_HOST`.
    public init(_ address: String) throws(Failure) {
        self.init(endpoint: try Self.endpoint(of: address))
    }

    private static func endpoint(of address: String) throws(Failure) -> HTTPEndpoint {
        if address.hasPrefix("/") { return .unixSocket(address) }
        if address.hasPrefix("unix://") { return .unixSocket(String(address.dropFirst("unix://".count))) }
        if let url = URL(string: address), url.scheme == "tcp" || url.scheme == "http", let host = url.host {
            return .tcp(host: host.trimmingCharacters(in: ["[", "]"]), port: url.port ?? 2375)
        }
        throw Failure(
            .invalid, "\(address) is not the address of a Docker Engine",
            hint: "Give a socket's path, `unix:///var/run/docker.sock` or `tcp://host:2375`.")
    }

    /// Sends a call and reads its answer. 2xx and 304 (already so) are answers, everything else is a failure.
    func call(_ call: Call, timeout: Duration = .seconds(60)) async throws -> HTTPReply {
        let reply = try await reaching { try await http.send(call.request, timeout: timeout) }
        guard reply.status < 400 else { throw call.failure(status: reply.status, body: reply.body) }
        return reply
    }

    /// Sends a call whose answer goes on for as long as it likes; `timeout` reaches to its head.
    func stream(
        _ call: Call, timeout: Duration = .seconds(60)
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        let stream = try await reaching { try await http.stream(call.request, timeout: timeout) }
        let chunks = AsyncThrowingStream {
            try await reaching {
                for try await chunk in stream.chunks { return chunk as [UInt8]? }
                return nil
            }
        }
        guard stream.head.status < 400 else {
            var body: [UInt8] = []
            for try await chunk in chunks { body += chunk }
            throw call.failure(status: stream.head.status, body: body)
        }
        return chunks
    }

    /// Turns what the transport throws into sentences.
    func reaching<R>(_ work: () async throws -> R) async throws -> R {
        do {
            return try await work()
        } catch let error as HTTPTransportError {
            throw Failure(
                .unavailable, "The Docker Engine at \(endpoint) doesn't answer", hint: hint(for: error),
                cause: error.description)
        }
    }

    private func hint(for error: HTTPTransportError) -> String {
        switch error {
        case .cannotConnect("Permission denied"):
            "Let this user use the socket (`usermod -aG docker USER`), or run as root."
        case .cannotConnect: "Start it (`systemctl start docker`), or give the socket of one that runs."
        default: "See what it is doing with `journalctl -u docker`."
        }
    }
}
