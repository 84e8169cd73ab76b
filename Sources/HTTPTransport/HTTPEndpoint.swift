/// Where an HTTP server listens.
public enum HTTPEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// Path of a unix socket.
    case unixSocket(String)
    /// An IPv4 or IPv6 address (without brackets) or a host name.
    case tcp(host: String, port: Int)

    /// `unix:/run/docker.sock`, `127.0.0.1:8080`, `[::1]:8080`.
    public var description: String {
        switch self {
        case .unixSocket(let path): "unix:\(path)"
        case .tcp: authority
        }
    }

    /// Value of the `Host` header; Go's servers refuse a request without one, also on a unix socket.
    var authority: String {
        switch self {
        case .unixSocket: "localhost"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
