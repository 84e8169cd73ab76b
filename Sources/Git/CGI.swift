/// A request to git's smart HTTP service.
public struct CGIRequest: Sendable {
    /// `GET` or `POST`.
    public var method: String
    /// Path below the project root: `/orders.git/info/refs`.
    public var pathInfo: String
    /// Without the question mark: `service=git-upload-pack`.
    public var query: String
    /// The `Content-Type` header.
    public var contentType: String?
    /// `gzip`: git compresses large negotiations. The body is passed on as it is.
    public var contentEncoding: String?
    /// Bytes of the body; nil where it comes in chunks.
    public var contentLength: Int?
    /// The `Git-Protocol` header: `version=2`.
    public var protocolVersion: String?
    /// Who is signed in; nobody may push.
    public var user: String?

    /// A request with these values.
    public init(
        method: String, pathInfo: String, query: String = "", contentType: String? = nil,
        contentEncoding: String? = nil, contentLength: Int? = nil, protocolVersion: String? = nil, user: String? = nil
    ) {
        self.method = method
        self.pathInfo = pathInfo
        self.query = query
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.contentLength = contentLength
        self.protocolVersion = protocolVersion
        self.user = user
    }
}

/// Status and headers of an answer.
public struct CGIHead: Sendable {
    /// 200 where git says nothing else.
    public var status: Int
    /// Names as git wrote them; none is `Status`.
    public var headers: [(name: String, value: String)]

    /// A head with these values.
    public init(status: Int, headers: [(name: String, value: String)]) {
        self.status = status
        self.headers = headers
    }

    /// Splits the first bytes of a CGI answer at the blank line. Nil while there is none.
    static func parse(_ bytes: [UInt8]) -> (head: CGIHead, rest: [UInt8])? {
        var lines: [String] = []
        var line: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if line.isEmpty { return (CGIHead(lines: lines), Array(bytes[(index + 1)...])) }
            lines.append(String(decoding: line, as: UTF8.self))
            line = []
        }
        return nil
    }

    private init(lines: [String]) {
        status = 200
        headers = []
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let value = parts[1].drop { $0 == " " }
            if parts[0].lowercased() == "status" {
                status = value.split(separator: " ").first.flatMap { Int($0) } ?? 500
            } else {
                headers.append((String(parts[0]), String(value)))
            }
        }
    }
}

/// An answer whose body comes as git writes it.
public struct CGIResponse: Sendable {
    /// Status and headers.
    public var head: CGIHead
    /// Can be iterated once. When it is let go before its end, git is ended too, unless it is storing a push.
    public var body: CGIBody

    /// An answer that isn't git's.
    static func plain(_ status: Int, _ text: String) -> CGIResponse {
        let handover = Handover()
        let body = CGIBody(handover: handover, preceding: Array("\(text)\n".utf8))
        handover.finish()
        return CGIResponse(
            head: CGIHead(status: status, headers: [("Content-Type", "text/plain; charset=utf-8")]), body: body)
    }
}
