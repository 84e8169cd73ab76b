import Foundation

/// What the running HAProxy says of itself (`show stat`).
package struct EdgeState: Hashable, Sendable {
    package struct Server: Hashable, Sendable {
        /// `UP`, `UP 1/2`, `DOWN`, `DRAIN`, `MAINT`, `no check`.
        package var status: String
        /// `10.0.0.2:80`.
        package var endpoint: String
        /// Requests that are open or queued.
        package var open: Int
        /// Whether it gets no new requests, up or down.
        package var isDraining: Bool
        /// Its share of the requests; nil where it isn't said.
        var weight: Int?

        package init(status: String, endpoint: String, open: Int) {
            self.status = status
            self.endpoint = endpoint
            self.open = open
            isDraining = status.hasPrefix("DRAIN")
        }

        package var isUp: Bool { status.hasPrefix("UP") || status.hasPrefix("no check") }
    }

    /// ``EdgeConfiguration/structure`` of the configuration that it runs.
    package var structure: String?
    /// By `backend/server`.
    package var servers: [String: Server]
    /// Names of the ports that it listens on, and of what they lead to.
    var services: Set<String> = []
    /// Ports that it can't have, by the name of the service's frontend: a sentence each.
    var refused: [String: String] = [:]

    package init(structure: String? = nil, servers: [String: Server] = [:]) {
        self.structure = structure
        self.servers = servers
    }

    /// Reads of `show servers state` which servers drain: `show stat` doesn't say it of those that are down.
    mutating func readAdministration(_ table: String) {
        for line in table.split(separator: "\n") where !line.hasPrefix("#") {
            let fields = line.split(separator: " ")
            guard fields.count > 7, let state = Int(fields[6]) else { continue }
            let name = "\(fields[1])/\(fields[3])"
            // 0x08: told to drain; weight 0: drains since the configuration was read.
            servers[name]?.isDraining = state & 0x08 != 0 || fields[7] == "0"
        }
    }

    /// Reads the CSV of `show stat`.
    init(statistics: String) {
        self.init()
        var columns: [String: Int] = [:]
        // As bytes, and only what is needed as text: this is read at every look, some hundred columns a server.
        for line in statistics.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            if line.starts(with: "# ".utf8) {
                for (index, name) in fields.enumerated() {
                    columns[String(Substring(name)).replacingOccurrences(of: "# ", with: "")] = index
                }
                continue
            }
            let field = { (name: String) -> String in
                columns[name].flatMap { fields.indices.contains($0) ? String(Substring(fields[$0])) : nil } ?? ""
            }
            switch field("type") {
            case "1" where field("pxname").hasPrefix("structure-"): structure = field("pxname")
            case "0", "1": services.insert(field("pxname"))
            case "2":
                servers["\(field("pxname"))/\(field("svname"))"] = Server(
                    status: field("status"), endpoint: field("addr"),
                    open: (Int(field("scur")) ?? 0) + (Int(field("qcur")) ?? 0))
                servers["\(field("pxname"))/\(field("svname"))"]?.weight = Int(field("weight"))
                // One that drained when the configuration was read says so by its weight alone.
                if field("weight") == "0" { servers["\(field("pxname"))/\(field("svname"))"]?.isDraining = true }
            default: break
            }
        }
    }
}
