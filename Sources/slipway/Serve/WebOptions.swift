import ArgumentParser
import Foundation
import Model
import Web

/// How people reach the server: TLS, proxies and names.
struct WebOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Certificate chain for https, a PEM file; HAProxy speaks TLS.", valueName: "file"))
    var tlsCertificate: String?

    @Option(
        help: ArgumentHelp("The certificate's private key, a PEM file that only its owner may read.", valueName: "file")
    )
    var tlsKey: String?

    @Option(help: ArgumentHelp("IPv4 address to listen on for https.", valueName: "address"))
    var tlsHost = "0.0.0.0"

    @Option(help: ArgumentHelp("Port to listen on for https.", valueName: "port"))
    var tlsPort = 443

    @Option(
        help: ArgumentHelp("Port to listen on for http, from where people are sent on to https.", valueName: "port"))
    var redirectPort: Int?

    @Option(
        help: ArgumentHelp(
            "A proxy in front, believed where it says whom it asks for (X-Forwarded-For); may be repeated.",
            valueName: "cidr"))
    var trustedProxy: [String] = []

    @Option(
        help: ArgumentHelp("Another name that people reach the server by; may be repeated.", valueName: "name"))
    var allowedHost: [String] = []

    /// Throws `.usage` for what doesn't fit together.
    func checked(publicURL: String?) throws(Failure) -> CheckedWebOptions {
        var proxies: [AddressRange] = []
        for text in trustedProxy {
            guard let range = AddressRange(text) else {
                throw Failure(
                    .usage, "--trusted-proxy \(text) is not a range of addresses",
                    hint: "10.0.0.0/8, fd00::/8, 10.0.0.1")
            }
            proxies.append(range)
        }
        if let publicURL {
            let url = URL(string: publicURL)
            guard let url, let scheme = url.scheme, ["http", "https"].contains(scheme), url.host?.isEmpty == false,
                url.path.isEmpty || url.path == "/", url.query == nil,
                publicURL.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value < 127 })
            else {
                throw Failure(
                    .usage, "--public-url \(publicURL) is not the address of a server",
                    hint: "https://slipway.example.com, without a path.")
            }
        }
        guard let tlsCertificate, let tlsKey else {
            guard tlsCertificate == nil, tlsKey == nil, redirectPort == nil else {
                throw Failure(.usage, "TLS takes both --tls-certificate and --tls-key")
            }
            return CheckedWebOptions(trustedProxies: proxies, allowedHosts: allowedHost, tls: nil)
        }
        if let publicURL, !publicURL.hasPrefix("https:") {
            throw Failure(.usage, "--public-url \(publicURL) is not https, but there is a certificate")
        }
        for port in [tlsPort, redirectPort ?? 80] where !(1...65535).contains(port) {
            throw Failure(.usage, "\(port) is not a port", hint: "Give a number from 1 to 65535.")
        }
        // It goes into HAProxy's configuration.
        guard AddressRange(tlsHost) != nil, !tlsHost.contains("/"), !tlsHost.contains(":") else {
            throw Failure(.usage, "--tls-host \(tlsHost) is not an IPv4 address", hint: "Give 0.0.0.0 for all.")
        }
        return CheckedWebOptions(
            trustedProxies: proxies, allowedHosts: allowedHost,
            tls: .init(
                certificate: tlsCertificate, key: tlsKey, host: tlsHost, port: tlsPort, redirectPort: redirectPort))
    }
}

/// The same as it is used.
struct CheckedWebOptions: Sendable {
    struct TLS: Sendable {
        var certificate: String
        var key: String
        var host: String
        var port: Int
        var redirectPort: Int?
    }

    var trustedProxies: [AddressRange]
    var allowedHosts: [String]
    var tls: TLS?

    /// How people reach the server, unless it was said.
    func publicURL(host: String, port: Int) -> String {
        guard let tls else { return "http://\(host == "0.0.0.0" ? "127.0.0.1" : host):\(port)" }
        let name = tls.host == "0.0.0.0" ? ProcessInfo.processInfo.hostName : tls.host
        return "https://\(name)" + (tls.port == 443 ? "" : ":\(tls.port)")
    }
}
