import Model

/// What HAProxy does for Slipway's own pages: it speaks TLS in front, and hands on to the server's socket.
package struct FrontConfiguration: Hashable, Sendable {
    /// Address and port for `https`.
    package var address: String
    package var port: Int
    /// Port for `http`, where everything is sent on to the public URL; nil means none.
    package var redirectPort: Int?
    /// `https://slipway.example.com`, without a slash at its end.
    package var publicURL: String
    /// The server's socket for it.
    package var socket: String
    /// Changes with the certificate.
    package var certificate: String

    package init(
        address: String, port: Int, redirectPort: Int?, publicURL: String, socket: String, certificate: String
    ) {
        self.address = address
        self.port = port
        self.redirectPort = redirectPort
        self.publicURL = publicURL
        self.socket = socket
        self.certificate = certificate
    }

    /// Changes when something changes that HAProxy has to be told; the running one shows it as a backend's name.
    package var structure: String {
        "structure-" + String(Fingerprint(text(pem: "", structure: certificate)).value, radix: 16)
    }

    /// The whole of haproxy.cfg. `pem` is the file with certificate and key.
    ///
    /// Ciphers are Mozilla's "intermediate" ones. A request that comes while the server is restarted is told to come
    /// again. A connection to the server is used once, so that none is closed just when it is to be used again;
    /// the time-outs are those of event streams, which say something every 15 seconds, and of pushes.
    package func text(pem: String) -> String { text(pem: pem, structure: structure) }

    private func text(pem: String, structure: String) -> String {
        """
        # Written by Slipway at every change; edits are lost.
        global
            noreuseport
            mworker-max-reloads 20
            hard-stop-after 24h
            ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
            ssl-default-bind-curves X25519:prime256v1:secp384r1
            ssl-default-bind-ciphers \(Self.ciphers)
            ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256

        defaults
            mode http
            option idle-close-on-response
            option http-server-close
            option http-no-delay
            retries 3
            http-error status 503 content-type text/plain string "Slipway is being restarted: try again." hdr Retry-After 5
            timeout connect 5s
            timeout client 5m
            timeout server 1h
            timeout tunnel 1h
            timeout http-keep-alive 60s
            timeout http-request 15s
            timeout queue 30s

        frontend https
            bind \(address):\(port) ssl crt \(pem) alpn h2,http/1.1
            stick-table type ipv6 size 100k expire 60s store conn_cur
            tcp-request connection track-sc0 src
            tcp-request connection reject if { sc0_conn_cur gt 250 }
            http-request set-header X-Forwarded-For %[src]
            http-request set-header X-Forwarded-Proto https
            http-request del-header Forwarded
            http-after-response set-header Strict-Transport-Security "max-age=31536000; includeSubDomains"
            default_backend slipway
        \(redirect)
        backend slipway
            server slipway unix@\(socket)

        backend \(structure)
            mode tcp

        """
    }

    private var redirect: String {
        guard let redirectPort else { return "" }
        return """

            frontend http
                bind \(address):\(redirectPort)
                http-request redirect prefix \(publicURL) code 308

            """
    }

    static let ciphers = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ].joined(separator: ":")
}
