/// How the server is reached.
public struct WebSettings: Sendable {
    /// Address to listen on.
    public var host: String
    /// 0 means any free port.
    public var port: Int
    /// Path of the socket for programs on this machine; nil means none.
    public var socketPath: String?
    /// Path of the socket for the TLS front; nil means none.
    public var frontSocketPath: String?
    /// The proxies whose word is taken for where a request comes from.
    public var trustedProxies: [AddressRange] = []
    /// Names by which the server may be asked, besides that of its public URL.
    public var allowedHosts: [String] = []
    /// How much a request may be, and how long it may take.
    public var limits = RequestLimits()
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
