import Foundation
import HTTPTransport
import Model

/// One call of the engine's API, with the words to use when it fails.
struct Call: Sendable {
    var method: String
    /// Below the version, percent-encoded.
    var path: String
    var query: [(String, String?)] = []
    var body: [UInt8]?
    var contentType = "application/json"
    /// What is being done, to stand after "The Docker Engine can't".
    var doing: String

    var request: HTTPRequest {
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(Self.escape($0))" } }
        return HTTPRequest(
            method: method,
            path: DockerClient.version + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")),
            headers: body == nil ? [] : [("Content-Type", contentType)], body: body)
    }

    func failure(status: Int, body: [UInt8]) -> Failure {
        let message =
            (try? JSONDecoder().decode(EngineMessage.self, from: Data(body)))?.message
            ?? String(decoding: body.prefix(500), as: UTF8.self)
        let code: Failure.Code =
            switch status {
            case 400: .invalid
            case 404: .notFound
            // 403: the network is in use, or it is one of the engine's own.
            case 403, 409: .conflict
            case 503: .unavailable
            default: .failed
            }
        return Failure(code, "The Docker Engine can't \(doing)", cause: message)
    }

    /// Everything but what is unreserved in a URL.
    static func escape(_ text: String, keeping kept: String = "") -> String {
        text.addingPercentEncoding(
            withAllowedCharacters: CharacterSet(
                charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~" + kept)) ?? ""
    }

    /// The engine's `filters` parameter.
    static func filters(_ filters: [String: [String]]) -> String? {
        filters.isEmpty ? nil : (try? JSON.text(of: filters))
    }
}

private struct EngineMessage: Decodable { var message: String }
