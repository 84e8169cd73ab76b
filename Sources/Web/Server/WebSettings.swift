/// How the server is reached.
public struct WebSettings: Sendable {
    /// Address to listen on.
    public var host: String
    /// 0 means any free port.
    public var port: Int
    /// Path of the socket for programs on this machine; nil means none.
    public var socketPath: String?
    /// How people and git reach the server, without a slash at the end: `http://127.0.0.1:8080`.
    public var publicURL: String
    public var version: String

    public init(host: String, port: Int, socketPath: String?, publicURL: String, version: String) {
        self.host = host
        self.port = port
        self.socketPath = socketPath
        self.publicURL = publicURL
        self.version = version
    }
}
