import Foundation
import Model

extension EdgeConfiguration {
    /// A port of a load balancer, and which of its backends a request is led to.
    struct Front: Hashable, Sendable {
        /// A host name, a path or both, and the backend for them.
        struct Route: Hashable, Sendable {
            var hostname: String?
            var path: String?
            var backend: String
        }

        /// `environment.stack.service.port`.
        var name: String
        /// Nil means every IPv4 address.
        var hostAddress: String?
        var hostPort: Int
        var mode: BalancerRule.Mode
        var acceptsProxy = false
        /// In the order in which they are asked.
        var routes: [Route]
        /// The one for clients that name no host first.
        var certificates: [Certificate] = []
        /// Whether clients that name no host, or an unknown one, get the first certificate.
        var hasDefaultCertificate = false
        /// Lines of the service's own.
        var lines: [String] = []

        var backends: [String] { routes.map(\.backend) }
    }

    /// A certificate with its chain and its key.
    struct Certificate: Hashable, Sendable {
        var environmentID: Int64
        /// As the stack file names it.
        var name: String
        /// The app whose secrets are meant beside those of the environment.
        var app: String?
        /// PEM; nil where it was not found.
        var pem: String?

        /// Its file in the folder of certificates: another one when it is renewed.
        var file: String { Fingerprint("\(environmentID)/\(name)/\(pem ?? "")").digits + ".pem" }
    }

    var certificateLines: String {
        guard fronts.contains(where: { !$0.certificates.isEmpty }) else { return "" }
        return """
                crt-base \(certificateFolder)
                ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
                ssl-default-bind-curves X25519:prime256v1:secp384r1
                ssl-default-bind-ciphers \(FrontConfiguration.ciphers)
                ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256

            """
    }

    /// How names of the outside are looked up, again and again.
    var resolvers: String {
        guard services.contains(where: { $0.servers.contains(where: \.isNamed) }) else { return "" }
        return """
            resolvers system
                parse-resolv-conf
                hold valid 10s

            """ + "\n"
    }
}

extension EdgeConfiguration.Front {
    /// Its section of haproxy.cfg; `tunnels` are the backends for WebSockets.
    func text(tunnels: Set<String>) -> String {
        var bind = "    bind \(hostAddress ?? "0.0.0.0"):\(hostPort)"
        if mode.endsTLS {
            bind += " ssl" + certificates.filter { $0.pem != nil }.map { " crt \($0.file)" }.joined()
            if !hasDefaultCertificate { bind += " strict-sni" }
            if mode == .https { bind += " alpn h2,http/1.1" }
        }
        if acceptsProxy { bind += " accept-proxy" }
        var text = ["frontend \(name)", "    mode \(mode.speaksHTTP ? "http" : "tcp")", bind]
        if mode == .sni {
            text += ["    tcp-request inspect-delay 5s", "    tcp-request content accept if { req.ssl_hello_type 1 }"]
        }
        if mode.speaksHTTP {
            text += [
                "    http-request set-header X-Forwarded-Proto \(mode.rawValue)",
                "    http-request set-header X-Forwarded-Port %[dst_port]",
            ]
        }
        text += lines.map { "    \($0)" }
        for (index, route) in routes.enumerated() {
            let condition = condition(of: route)
            let tunnel = route.backend + ":websocket"
            if tunnels.contains(tunnel) {
                text.append("    use_backend \(tunnel) if \(condition){ hdr(Upgrade) -i websocket }")
            }
            if !condition.isEmpty {
                text.append("    use_backend \(route.backend) if \(condition)".trimmingCharacters(in: ["\n"]))
            } else if index == routes.count - 1 {
                text.append("    default_backend \(route.backend)")
            } else {
                text.append("    use_backend \(route.backend)")
            }
        }
        return text.map { String($0.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n") + "\n"
    }

    private func condition(of route: Route) -> String {
        var words = ""
        if let host = route.hostname {
            let sample = mode == .sni ? "req.ssl_sni,lower" : "req.hdr(host),field(1,:),lower"
            let match =
                if host.hasPrefix("*.") { "-m end \(host.dropFirst())" } else if host.hasSuffix(".*") {
                    "-m beg \(host.dropLast())"
                } else { "-m str \(host)" }
            words += "{ \(sample) \(match) } "
        }
        if let path = route.path { words += "{ path -i -m beg '\(path)' } " }
        return words
    }
}

extension EdgeConfiguration.Service {
    /// Lines of the backend beside those that every one has.
    var ownLines: [String] { lines + (stickiness?.lines(key: Fingerprint(baseName).digits) ?? []) }

    /// The line that a server is read from.
    func line(for server: EdgeConfiguration.Server) -> String {
        var line = "server \(server.name) \(server.endpoint) \(checkWords)"
        if server.isNamed { line += " resolvers system init-addr none" }
        if server.isDraining {
            line += stickiness == nil ? " weight 0" : " disabled"
        } else if server.weight != 1 {
            line += " weight \(server.weight)"
        }
        return line
    }
}

extension EdgeConfiguration.Server {
    /// Whether its address is a name of the outside.
    var isNamed: Bool { isFixed && !address.allSatisfy { $0.isNumber || $0 == "." } }
}
