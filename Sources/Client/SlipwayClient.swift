import Foundation
import HTTPTransport
public import Model

/// Our own API's client.
///
/// Every call waits up to a minute for a server that refuses connections or says that it is restarting. Every mutation
/// carries an `Idempotency-Key` that stays the same over its retries, so that nothing happens twice. Paths are those
/// below `/api/v1`, percent-encoded. Everything throws ``Model/Failure``, the server's own where it sent one.
public struct SlipwayClient: Sendable {
    let address: ServerAddress
    let http: HTTPClient
    private let token: String?
    private let patience: Duration
    private let announce: (@Sendable (String) -> Void)?

    /// - Parameters:
    ///   - endpoint: a URL (`https://slipway.example.com`) or a unix socket (`/var/lib/slipway/run/slipway.sock`).
    ///   - token: `slp_…`.
    ///   - authorities: a file of certificates (PEM) to trust instead of those that the machine trusts.
    ///   - patience: how long to wait for a server that is restarting.
    ///   - announce: told in words when a wait begins.
    public init(
        endpoint: String, token: String?, authorities: String? = nil, patience: Duration = .seconds(60),
        announce: (@Sendable (String) -> Void)? = nil
    ) throws(Failure) {
        address = try ServerAddress(endpoint, authorities: authorities)
        http = HTTPClient(endpoint: address.endpoint)
        self.token = token
        self.patience = patience
        self.announce = announce
    }

    public init(
        _ settings: ClientSettings, patience: Duration = .seconds(60), announce: (@Sendable (String) -> Void)? = nil
    ) throws(Failure) {
        try self.init(
            endpoint: settings.endpoint, token: settings.token, authorities: settings.authorities, patience: patience,
            announce: announce)
    }

    /// The server as the person wrote it.
    public var server: String { address.text }

    func request(
        _ method: String, _ path: String, accept: String = "application/json", body: [UInt8]? = nil,
        headers: [(String, String)] = []
    ) -> HTTPRequest {
        var all = [("Accept", accept), ("User-Agent", "slipway")] + headers
        if let token { all.append(("Authorization", "Bearer \(token)")) }
        if body != nil { all.append(("Content-Type", "application/json")) }
        return HTTPRequest(method: method, path: "\(address.prefix)/api/v1\(path)", headers: all, body: body)
    }

    func makePatience() -> Patience { Patience(server: server, limit: patience, announce: announce) }

    /// Sends a request, again and again while the server is restarting, and returns an answer that is no failure.
    func send(_ request: HTTPRequest, timeout: Duration) async throws -> HTTPReply {
        var patience = makePatience()
        while true {
            do {
                let reply = try await http.send(request, timeout: timeout)
                guard let pause = Self.restartPause(reply.status, reply.header("Retry-After")) else {
                    return try checked(reply)
                }
                try await patience.wait(because: "status \(reply.status)", atLeast: pause)
            } catch let error as HTTPTransportError {
                try await patience.wait(because: try patience.reason(for: error))
            }
        }
    }

    /// How long to wait before asking again, where the answer means that the server (or the proxy's way to it) is
    /// coming back; nil where it means something else.
    static func restartPause(_ status: Int, _ retryAfter: String?) -> Duration? {
        if status == 502 { return .zero }
        guard status == 503, let retryAfter else { return nil }
        return .seconds(min(Int(retryAfter) ?? 1, 5))
    }

    private func checked(_ reply: HTTPReply) throws -> HTTPReply {
        guard reply.status >= 300 else { return reply }
        throw failure(status: reply.status, body: reply.body)
    }

    /// The failure in an answer; a sentence of our own where it carries none.
    func failure(status: Int, body: [UInt8]) -> Failure {
        if let problem = try? JSONCoding.decoder.decode(Problem.self, from: Data(body)) { return problem.failure }
        let code = Failure.Code.allCases.first { Failure($0, "").httpStatus == status } ?? .failed
        return Failure(
            code, "\(server) answered with status \(status)",
            hint: code == .unauthorized
                ? "Give a token in SLIPWAY_TOKEN." : "Check that SLIPWAY_URL is the address of a Slipway server.")
    }
}
