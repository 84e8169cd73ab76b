import NIOCore
import NIOHTTP1
import NIOPosix

/// HTTP/1.1 over a unix socket or TCP, one connection a call: no pool that long streams could fill.
///
/// Everything throws ``HTTPTransportError``, or `CancellationError` when the calling task is cancelled.
public struct HTTPClient: Sendable {
    public let endpoint: HTTPEndpoint

    public init(endpoint: HTTPEndpoint) {
        self.endpoint = endpoint
    }

    /// Sends a request and reads the whole answer; `timeout` covers all of it.
    public func send(_ request: HTTPRequest, timeout: Duration? = nil) async throws -> HTTPReply {
        try await exchange(request, timeout: timeout) { head, body, _ in
            HTTPReply(status: head.status, headers: head.headers, body: try await body.collect())
        }
    }

    /// Sends a request and lends out the answer as it comes; the connection lives as long as `handle` runs.
    ///
    /// `timeout` reaches to the head of the answer, not further: a stream may be silent for hours.
    public func withResponse<R: Sendable>(
        _ request: HTTPRequest, timeout: Duration? = nil,
        _ handle: (HTTPHead, inout HTTPBody) async throws -> R
    ) async throws -> R {
        try await exchange(request, timeout: timeout) { head, body, watchdog in
            watchdog.stop()
            return try await handle(head, &body)
        }
    }

    private func exchange<R: Sendable>(
        _ request: HTTPRequest, timeout: Duration?,
        _ handle: (HTTPHead, inout HTTPBody, Watchdog) async throws -> R
    ) async throws -> R {
        let parts = try request.parts(host: endpoint.authority)
        let deadline = timeout.map { NIODeadline.now() + TimeAmount($0) }
        let connection = try await HTTPConnector(endpoint: endpoint, timeout: timeout).connect()
        let watchdog = Watchdog(closing: connection.channel, at: deadline)
        defer { watchdog.stop() }
        return try await connection.executeThenClose { inbound, outbound in
            var body = HTTPBody(parts: inbound.makeAsyncIterator(), watchdog: watchdog)
            do {
                try await outbound.write(contentsOf: parts)
            } catch {
                // A server may answer (413, 503) and close before it has read the whole request.
                try Task.checkCancellation()
            }
            let head = try await body.head()
            return try await handle(head, &body, watchdog)
        }
    }
}

extension HTTPRequest {
    /// What goes over the wire. Throws `.malformed` where the method or the path would break the request line, or a
    /// header its line.
    func parts(host: String) throws -> [HTTPClientRequestPart] {
        guard path.hasPrefix("/"), (method + path).utf8.allSatisfy(\.isVisible),
            headers.allSatisfy({ name, value in
                !name.isEmpty && name.utf8.allSatisfy { $0.isVisible && $0 != UInt8(ascii: ":") }
                    && value.utf8.allSatisfy { $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }
            })
        else { throw HTTPTransportError.malformed }
        var fields = HTTPHeaders(headers)
        if !fields.contains(name: "Host") { fields.add(name: "Host", value: host) }
        fields.replaceOrAdd(name: "Connection", value: "close")
        if body != nil || ["POST", "PUT", "PATCH"].contains(method) {
            fields.replaceOrAdd(name: "Content-Length", value: "\(body?.count ?? 0)")
        }
        let head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: path, headers: fields)
        let content = body.map { [HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: $0)))] } ?? []
        return [.head(head)] + content + [.end(nil)]
    }
}

extension UInt8 {
    /// A character of ASCII that isn't a space.
    fileprivate var isVisible: Bool { self > 0x20 && self < 0x7F }
}
