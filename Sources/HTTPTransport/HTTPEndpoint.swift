/// Where an HTTP server listens.
public enum HTTPEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// Path of a unix socket.
    case unixSocket(String)
    /// An IPv4 or IPv6 address (without brackets) or a host name.
    case tcp(host: String, port: Int)
    /// The same over TLS. The certificate must be good for the host, from an authority in the file (PEM), or from one that
    /// the machine trusts where that is nil.
    case tls(host: String, port: Int, authorities: String? = nil)

    /// `unix:/run/docker.sock`, `127.0.0.1:8080`, `[::1]:8080`, `example.com`.
    public var description: String {
        switch self {
        case .unixSocket(let path): "unix:\(path)"
        case .tcp, .tls: authority
        }
    }

    /// Value of the `Host` header; Go's servers refuse a request without one, also on a unix socket.
    var authority: String {
        switch self {
        case .unixSocket: "localhost"
        case .tcp(let host, let port): Self.authority(host, port, usual: 80)
        case .tls(let host, let port, _): Self.authority(host, port, usual: 443)
        }
    }

    private static func authority(_ host: String, _ port: Int, usual: Int) -> String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == usual ? host : "\(host):\(port)"
    }
}
