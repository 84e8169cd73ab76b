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

    init(_ text: String) throws(Failure) {
        self.text = text
        prefix = ""
        if text.hasPrefix("/") {
            endpoint = .unixSocket(text)
        } else if text.hasPrefix("unix:/") {
            endpoint = .unixSocket("/" + text.dropFirst("unix:".count).drop { $0 == "/" })
        } else if text.hasPrefix("https://") {
            throw Failure(
                .invalid, "\(text) can't be reached: this client speaks http:// and unix sockets, not https",
                hint: "Use the server's socket on its own machine, or http:// through a tunnel (`ssh -L`).")
        } else if let url = URL(string: text), url.scheme == "http", let host = url.host, !host.isEmpty {
            endpoint = .tcp(host: host.trimmingCharacters(in: ["[", "]"]), port: url.port ?? 80)
            prefix = url.path.replacing(#/\/+$/#, with: "")
        } else {
            throw Failure(
                .invalid, "\(text) is not the address of a Slipway server",
                hint: "Give a URL like http://127.0.0.1:8080, or a socket's path, in SLIPWAY_URL.")
        }
    }
}
