import Foundation
import HTTPTransport
import Model

/// Where a Slipway server is, as a person writes it.
struct ServerAddress: Hashable, Sendable {
    /// As it was written.
    var text: String
    var endpoint: HTTPEndpoint
    /// What stands before `/api/v1`, for a server behind a proxy's path; without a slash at its end.
    var prefix: String

    /// - Parameter authorities: A file of certificates (PEM) to trust instead of those that the machine trusts.
    init(_ text: String, authorities: String? = nil) throws(Failure) {
        self.text = text
        prefix = ""
        if text.hasPrefix("/") {
            endpoint = .unixSocket(text)
        } else if text.hasPrefix("unix:/") {
            endpoint = .unixSocket("/" + text.dropFirst("unix:".count).drop { $0 == "/" })
        } else if let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme),
            let host = url.host?.trimmingCharacters(in: ["[", "]"]), !host.isEmpty
        {
            endpoint =
                scheme == "http"
                ? .tcp(host: host, port: url.port ?? 80)
                : .tls(host: host, port: url.port ?? 443, authorities: authorities)
            prefix = url.path.replacing(#/\/+$/#, with: "")
        } else {
            throw Failure(
                .invalid, "\(text) is not the address of a Slipway server",
                hint: "Give a URL like https://slipway.example.com, or a socket's path, in SLIPWAY_URL.")
        }
    }
}
