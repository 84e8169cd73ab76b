import Foundation

/// What the running HAProxy says of itself (`show stat`).
struct EdgeState: Hashable, Sendable {
    struct Server: Hashable, Sendable {
        /// `UP`, `UP 1/2`, `DOWN`, `DRAIN`, `MAINT`, `no check`.
        var status: String
        /// `10.0.0.2:80`.
        var endpoint: String
        /// Requests that are open or queued.
        var open: Int

        var isUp: Bool { status.hasPrefix("UP") || status.hasPrefix("no check") }
        var isDraining: Bool { status.hasPrefix("DRAIN") }
    }

    /// ``EdgeConfiguration/structure`` of the configuration that it runs.
    var structure: String?
    /// By `backend/server`.
    var servers: [String: Server]

    init(structure: String? = nil, servers: [String: Server] = [:]) {
        self.structure = structure
        self.servers = servers
    }

    /// Reads the CSV of `show stat`.
    init(statistics: String) {
        self.init()
        var columns: [String: Int] = [:]
        for line in statistics.split(separator: "\n", omittingEmptySubsequences: true) {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            if line.hasPrefix("# ") {
                for (index, name) in fields.enumerated() {
                    columns[name.replacingOccurrences(of: "# ", with: "")] = index
                }
                continue
            }
            let field = { (name: String) -> String in
                columns[name].flatMap { fields.indices.contains($0) ? fields[$0] : nil } ?? ""
            }
            switch field("type") {
            case "1" where field("pxname").hasPrefix("structure-"): structure = field("pxname")
            case "2":
                servers["\(field("pxname"))/\(field("svname"))"] = Server(
                    status: field("status"), endpoint: field("addr"),
                    open: (Int(field("scur")) ?? 0) + (Int(field("qcur")) ?? 0))
            default: break
            }
        }
    }
}
