import HTTPTransport
import Model

/// A part of a log.
public struct LogChunk: Hashable, Sendable {
    /// Where in the log its first byte stands.
    public var offset: Int
    public var bytes: [UInt8]

    public init(offset: Int, bytes: [UInt8]) {
        self.offset = offset
        self.bytes = bytes
    }
}

extension SlipwayClient {
    /// Follows a log from an offset to its end, over restarts of the server, without a gap or a double.
    ///
    /// Asks `GET path?offset=N&follow=1` for the bytes from N on. The log has ended when the server answers 204, or
    /// when an answer with the header `Slipway-Log: complete` has been read; any other end of an answer means that
    /// the connection ended, and the client asks again at its offset.
    public func log(_ path: String, from offset: Int = 0) -> AsyncThrowingStream<LogChunk, any Error> {
        let follower = LogFollower(client: self, path: path, offset: offset)
        return AsyncThrowingStream { try await follower.next() }
    }

    /// Follows server-sent events, over restarts of the server: it is told the id of the last event that was seen.
    ///
    /// Ends when the server answers 204.
    public func events(_ path: String, after id: String? = nil) -> AsyncThrowingStream<ServerEvent, any Error> {
        let follower = EventFollower(client: self, path: path, lastID: id)
        return AsyncThrowingStream { try await follower.next() }
    }
}

/// What a server answered to a request for a stream.
enum StreamAnswer: Sendable {
    case chunks(AsyncThrowingStream<[UInt8], any Error>, isLast: Bool)
    case finished
}

/// A stream that is opened again when its connection ends.
struct Reconnection: Sendable {
    private let client: SlipwayClient
    private var patience: Patience

    init(client: SlipwayClient) {
        self.client = client
        patience = client.makePatience()
    }

    /// Something arrived: the server is there.
    mutating func reset() { patience.reset() }

    /// Waits before the next try.
    mutating func pause(because cause: String) async throws { try await patience.wait(because: cause) }

    /// Why to try again after an error in the middle of a stream; throws what ends it for good.
    func reason(for error: any Error) throws -> String {
        guard let error = error as? HTTPTransportError else { throw error }
        return try patience.reason(for: error)
    }

    /// Asks until the server answers.
    mutating func open(
        _ path: String, accept: String, headers: [(String, String)] = []
    ) async throws -> StreamAnswer {
        let request = client.request("GET", path, accept: accept, headers: headers)
        while true {
            do {
                let stream = try await client.http.stream(request, timeout: .seconds(60))
                let status = stream.head.status
                if let pause = SlipwayClient.restartPause(status, stream.head.header("Retry-After")) {
                    try await patience.wait(because: "status \(status)", atLeast: pause)
                    continue
                }
                if status == 204 { return .finished }
                guard status < 300 else {
                    var body: [UInt8] = []
                    for try await chunk in stream.chunks { body += chunk }
                    throw client.failure(status: status, body: body)
                }
                patience.extend()
                return .chunks(stream.chunks, isLast: stream.head.header("Slipway-Log") == "complete")
            } catch let error as HTTPTransportError {
                try await patience.wait(because: try patience.reason(for: error))
            }
        }
    }
}
