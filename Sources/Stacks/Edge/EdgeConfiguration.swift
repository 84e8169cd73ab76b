package import Model

/// What the load balancer shall do: which ports it listens on, and which containers stand behind each.
package struct EdgeConfiguration: Hashable, Sendable {
    /// A container behind a port.
    package struct Server: Hashable, Sendable {
        /// `<generation>-<slot>`.
        package var name: String
        package var address: String
        package var port: Int
        /// Whether it gets no new requests.
        package var isDraining: Bool
        /// Share of the requests beside that of the others.
        var weight = 1
        /// Whether it is written into the file alone: it is outside, and doesn't come and go.
        var isFixed = false

        package var endpoint: String { "\(address):\(port)" }
    }

    /// A port of the host and what it leads to.
    package struct Service: Hashable, Sendable {
        /// `environment.stack.service.port`; names of frontend and backend.
        package var name: String
        /// Nil means every IPv4 address.
        package var hostAddress: String?
        package var hostPort: Int
        package var speaksHTTP: Bool
        package var check: HealthCheck?
        package var servers: [Server]
        /// What is on its way in: WebSockets are led there alone. Nil while nothing is.
        var incoming: Int64?
        /// Whether it is the backend for the WebSockets of another service.
        var isTunnel = false
        /// Whether it is a backend alone: those of load balancers are led to by their ``Front``s.
        var isBackend = false
        /// How clients come back to the same container; nil: they needn't.
        var stickiness: Stickiness?
        /// Lines of the service's own for the backend.
        var lines: [String] = []

        /// What HAProxy's own check of a server says, which takes dead ones out between two of our looks.
        var checkWords: String {
            let interval = check?.interval ?? 1000
            return "check inter \(interval)ms fastinter \(min(interval, 500))ms fall \(check?.unhealthyThreshold ?? 2)"
                + " rise 1" + (check.map { " port \($0.port)" } ?? "")
        }
    }

    /// Sorted by name.
    package var services: [Service]
    /// The ports of load balancers, sorted by name.
    var fronts: [Front] = []
    /// Where the certificates of `fronts` lie.
    var certificateFolder = ""

    package init(services: [Service]) {
        self.services = services.sorted { $0.name < $1.name }
    }

    init(services: [Service], fronts: [Front]) {
        self.init(services: services)
        self.fronts = fronts.sorted { $0.name < $1.name }
    }

    /// Itself without the services of these names, and why each was left out.
    func without(ports refused: [String: String]) -> (EdgeConfiguration, [String: String]) {
        let gone = Set(services.filter { refused[$0.name] != nil }.flatMap { [$0.name, $0.tunnelName] })
        let left = fronts.filter { refused[$0.name] == nil }
        let used = Set(left.flatMap(\.backends))
        let mine = services.filter { service in
            service.isBackend ? used.contains(service.baseName) : !gone.contains(service.name)
        }
        return (EdgeConfiguration(services: mine, fronts: left), refused)
    }

    /// Changes when something changes that only a reload brings in; the running HAProxy shows it as a backend's name.
    package var structure: String {
        var subject = self
        for index in subject.services.indices { subject.services[index].servers.removeAll { !$0.isFixed } }
        return "structure-" + String(Fingerprint(subject.sections).value, radix: 16)
    }

    /// The whole of haproxy.cfg. What each line is for was found by experiment: without `noreuseport` a second HAProxy
    /// shares ports silently; without `idle-close-on-response` a reload cuts idle connections. A worker that a reload left goes on
    /// with its open connections as long as a tunnel may live, and no more than 20 such workers stay.
    func text() -> String {
        """
        # Written by Slipway at every change; edits are lost.
        global
            noreuseport
            mworker-max-reloads 20
            hard-stop-after 24h
        \(certificateLines)
        defaults
            option idle-close-on-response
            option redispatch 1
            retries 3
            balance leastconn
            timeout connect 1s
            timeout client 1h
            timeout server 1h
            timeout tunnel 24h
            timeout http-keep-alive 60s
            timeout http-request 30s
            timeout queue 10s

        backend \(structure)
            mode tcp

        \(resolvers)\(sections)
        """
    }

    private var sections: String {
        (fronts.map { $0.text(tunnels: Set(services.filter(\.isTunnel).map(\.name))) } + serviceSections)
            .joined(separator: "\n")
    }

    private var serviceSections: [String] {
        services.map { service in
            let mode = service.speaksHTTP ? "http" : "tcp"
            var lines: [String] = []
            if !service.isTunnel, !service.isBackend {
                lines += [
                    "frontend \(service.name)", "    mode \(mode)",
                    "    bind \(service.hostAddress ?? "0.0.0.0"):\(service.hostPort)",
                ]
                if services.contains(where: { $0.name == service.tunnelName }) {
                    lines.append("    use_backend \(service.tunnelName) if { hdr(Upgrade) -i websocket }")
                }
                lines += ["    default_backend \(service.name)", ""]
            }
            lines += [
                "backend \(service.name)", "    mode \(mode)",
                "    timeout check \(service.check?.responseTimeout ?? 1000)ms",
            ]
            if let words = service.check?.requestLine.flatMap(HealthProbe.methodAndPath) {
                lines += [
                    "    option httpchk", "    http-check send meth \(words.method) uri \(words.path) ver HTTP/1.0",
                ]
            }
            if service.speaksHTTP { lines.append("    option forwardfor") }
            lines += service.ownLines.map { "    \($0)" }
            for server in service.servers { lines.append("    \(service.line(for: server))") }
            return lines.joined(separator: "\n") + "\n"
        }
    }
}
