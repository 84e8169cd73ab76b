/// A request; `Host`, `Connection` and `Content-Length` are added when it is sent.
public struct HTTPRequest: Sendable {
    /// `GET`, in capitals.
    public var method: String
    /// With the query, percent-encoded: `/v1.41/containers/json?all=1`.
    public var path: String
    public var headers: [(String, String)]
    public var body: [UInt8]?

    public init(method: String, path: String, headers: [(String, String)] = [], body: [UInt8]? = nil) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}

/// Status and headers of an answer whose body is still to come.
public struct HTTPHead: Sendable {
    public var status: Int
    public var headers: [(String, String)]

    public init(status: Int, headers: [(String, String)]) {
        self.status = status
        self.headers = headers
    }

    /// The first header of that name, in any case of letters.
    public func header(_ name: String) -> String? { headers.first(named: name) }
}

/// A whole answer.
public struct HTTPReply: Sendable {
    public var status: Int
    public var headers: [(String, String)]
    public var body: [UInt8]

    public init(status: Int, headers: [(String, String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, in any case of letters.
    public func header(_ name: String) -> String? { headers.first(named: name) }
}

extension [(String, String)] {
    func first(named name: String) -> String? {
        first { $0.0.lowercased() == name.lowercased() }?.1
    }
}
