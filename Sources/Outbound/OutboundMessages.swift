import Foundation

/// A request to the outside.
public struct OutboundRequest: Hashable, Sendable {
    public var method: String
    /// Must be HTTPS; HTTP is taken to this machine alone.
    public var url: String
    public var headers: [String: String]
    public var body: [UInt8]

    public init(method: String = "GET", url: String, headers: [String: String] = [:], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// A form that is posted, its fields in the order of their names.
    public static func form(
        _ url: String, _ fields: [String: String], headers: [String: String] = [:]
    ) -> OutboundRequest {
        var headers = headers
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return OutboundRequest(method: "POST", url: url, headers: headers, body: Array(FormCoding.encode(fields).utf8))
    }
}

/// A whole answer.
public struct OutboundReply: Hashable, Sendable {
    public var status: Int
    public var body: [UInt8]

    public init(status: Int, body: [UInt8] = []) {
        self.status = status
        self.body = body
    }

    /// The body as JSON of that type.
    public func json<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try JSONDecoder().decode(T.self, from: Data(body))
    }
}

/// `application/x-www-form-urlencoded`, for bodies and queries.
public enum FormCoding {
    /// Fields in the order of their names.
    public static func encode(_ fields: [String: String]) -> String {
        fields.sorted { $0.key < $1.key }.map { "\(escape($0.key))=\(escape($0.value))" }.joined(separator: "&")
    }

    /// All but RFC 3986's unreserved characters as `%XX`.
    public static func escape(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
