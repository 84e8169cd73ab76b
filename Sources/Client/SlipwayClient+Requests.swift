public import Foundation
import HTTPTransport
import Model

extension SlipwayClient {
    /// Gets JSON.
    public func get<T: Decodable>(_ path: String, timeout: Duration = .seconds(60)) async throws -> T {
        try decode(try await send(request("GET", path), timeout: timeout))
    }

    /// Posts JSON and reads JSON. A given `key` makes several calls one.
    public func post<T: Decodable>(
        _ path: String, _ body: some Encodable & Sendable, key: UUID = UUID(), timeout: Duration = .seconds(60)
    ) async throws -> T {
        try decode(try await mutate("POST", path, try encode(body), key, timeout))
    }

    /// Posts nothing and reads JSON.
    public func post<T: Decodable>(
        _ path: String, key: UUID = UUID(), timeout: Duration = .seconds(60)
    ) async throws -> T {
        try decode(try await mutate("POST", path, nil, key, timeout))
    }

    /// Posts JSON and reads nothing.
    public func post(
        _ path: String, _ body: some Encodable & Sendable, key: UUID = UUID(), timeout: Duration = .seconds(60)
    ) async throws {
        _ = try await mutate("POST", path, try encode(body), key, timeout)
    }

    /// Posts nothing and reads nothing.
    public func post(_ path: String, key: UUID = UUID(), timeout: Duration = .seconds(60)) async throws {
        _ = try await mutate("POST", path, nil, key, timeout)
    }

    /// Puts JSON and reads JSON.
    public func put<T: Decodable>(
        _ path: String, _ body: some Encodable & Sendable, key: UUID = UUID(), timeout: Duration = .seconds(60)
    ) async throws -> T {
        try decode(try await mutate("PUT", path, try encode(body), key, timeout))
    }

    /// Deletes and reads JSON.
    public func delete<T: Decodable>(
        _ path: String, key: UUID = UUID(), timeout: Duration = .seconds(60)
    ) async throws -> T {
        try decode(try await mutate("DELETE", path, nil, key, timeout))
    }

    /// Deletes and reads nothing.
    public func delete(_ path: String, key: UUID = UUID(), timeout: Duration = .seconds(60)) async throws {
        _ = try await mutate("DELETE", path, nil, key, timeout)
    }

    private func mutate(
        _ method: String, _ path: String, _ body: [UInt8]?, _ key: UUID, _ timeout: Duration
    ) async throws -> HTTPReply {
        let headers = [("Idempotency-Key", key.uuidString.lowercased())]
        return try await send(request(method, path, body: body, headers: headers), timeout: timeout)
    }

    private func encode(_ value: some Encodable) throws -> [UInt8] { Array(try JSONCoding.encoder.encode(value)) }

    private func decode<T: Decodable>(_ reply: HTTPReply) throws -> T {
        do {
            return try JSONCoding.decoder.decode(T.self, from: Data(reply.body))
        } catch {
            throw Failure(
                .failed, "The answer of \(server) can't be read",
                hint: "Check that SLIPWAY_URL is a Slipway server of the same version as this command.",
                cause: "\(error)")
        }
    }
}

extension SlipwayClient {
    /// Gets the body of an answer as it is.
    public func bytes(_ path: String, timeout: Duration = .seconds(60)) async throws -> [UInt8] {
        try await send(request("GET", path, accept: "*/*"), timeout: timeout).body
    }

    /// Gets the body of an answer piece by piece, for as long as the server sends; no second try.
    public func stream(_ path: String, _ receive: @Sendable ([UInt8]) -> Void) async throws {
        let stream = try await http.stream(request("GET", path, accept: "*/*"), timeout: .seconds(60))
        guard stream.head.status < 300 else {
            var body: [UInt8] = []
            for try await chunk in stream.chunks { body += chunk }
            throw failure(status: stream.head.status, body: body)
        }
        for try await chunk in stream.chunks { receive(chunk) }
    }
}
