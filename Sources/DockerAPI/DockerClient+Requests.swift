import Foundation
import HTTPTransport
import Model

extension DockerClient {
    /// Gets JSON.
    func get<T: Decodable>(_ path: String, _ query: [(String, String?)] = [], doing: String) async throws -> T {
        let call = Call(method: "GET", path: path, query: query, doing: doing)
        return try JSON.decode(try await self.call(call, timeout: .seconds(20)).body, doing: doing)
    }

    /// Posts nothing and reads nothing.
    func post(
        _ path: String, _ query: [(String, String?)] = [], timeout: Duration = .seconds(60), doing: String
    ) async throws {
        _ = try await call(Call(method: "POST", path: path, query: query, doing: doing), timeout: timeout)
    }

    /// Posts JSON and reads JSON.
    func post<T: Decodable>(
        _ path: String, _ query: [(String, String?)] = [], _ body: some Encodable, doing: String
    ) async throws -> T {
        let bytes = Array(try JSON.text(of: body).utf8)
        let call = Call(method: "POST", path: path, query: query, body: bytes, doing: doing)
        return try JSON.decode(try await self.call(call).body, doing: doing)
    }

    /// Deletes.
    func delete(_ path: String, _ query: [(String, String?)] = [], doing: String) async throws {
        _ = try await call(Call(method: "DELETE", path: path, query: query, doing: doing))
    }
}

/// JSON as the engine speaks it.
enum JSON {
    static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<T: Decodable>(_ bytes: [UInt8], doing: String) throws -> T {
        do {
            return try JSONDecoder().decode(T.self, from: Data(bytes))
        } catch {
            throw Failure(
                .failed, "The Docker Engine was asked to \(doing) and its answer can't be read", cause: "\(error)")
        }
    }
}
