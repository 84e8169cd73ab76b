import Foundation
public import Model

/// Which server to talk to, and as whom.
public struct ClientSettings: Hashable, Sendable {
    /// `http://127.0.0.1:8080` or a socket's path.
    public var endpoint: String
    /// `slp_…`; nil on the socket, where the file's permissions say who may.
    public var token: String?
    /// A file of certificates (PEM) to trust instead of those that the machine trusts.
    public var authorities: String?

    public init(endpoint: String, token: String?, authorities: String? = nil) {
        self.endpoint = endpoint
        self.token = token
        self.authorities = authorities
    }

    /// `SLIPWAY_URL` and `SLIPWAY_TOKEN`, else the socket in the data directory; `SSL_CERT_FILE` as OpenSSL, curl and Go
    /// have it.
    ///
    /// Throws `.unavailable` where there is neither a URL nor a data directory: no server can be starting there.
    public static func discover(environment: [String: String], dataDirectory: String) throws(Failure) -> ClientSettings
    {
        let token = environment["SLIPWAY_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        if let url = environment["SLIPWAY_URL"], !url.isEmpty {
            _ = try ServerAddress(url)
            let authorities = environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
            return ClientSettings(endpoint: url, token: token, authorities: authorities)
        }
        guard FileManager.default.fileExists(atPath: dataDirectory) else {
            throw Failure(
                .unavailable, "No Slipway server is known: SLIPWAY_URL is not set and there is no \(dataDirectory)",
                hint: "Start one here with `slipway serve`, or set SLIPWAY_URL and SLIPWAY_TOKEN.")
        }
        let absolute = URL(filePath: dataDirectory).standardizedFileURL.path
        return ClientSettings(endpoint: "\(absolute)/run/slipway.sock", token: token)
    }
}
