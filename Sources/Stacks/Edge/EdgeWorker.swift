/// A process of HAProxy that holds connections.
struct EdgeWorker: Hashable, Sendable {
    var pid: Int32
    /// Whether it takes new connections; the others finish what they have.
    var isCurrent: Bool
    var state = EdgeState()

    /// Reads `show proc` of the master.
    static func list(_ text: String) -> [EdgeWorker] {
        var isCurrent = false
        var found: [EdgeWorker] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# ") { isCurrent = line == "# workers" }
            let words = line.split(separator: " ")
            guard words.count > 1, words[1] == "worker", let pid = Int32(words[0]) else { continue }
            found.append(EdgeWorker(pid: pid, isCurrent: isCurrent))
        }
        return found
    }
}

extension EdgeState {
    /// What the edge is as a whole: as its current worker says, with the open requests of all. After a reload that
    /// failed, the newest of the others still takes connections.
    ///
    /// Nil where there is no worker.
    init?(_ workers: [EdgeWorker]) {
        guard let leading = workers.first(where: \.isCurrent) ?? workers.max(by: { $0.pid < $1.pid }) else {
            return nil
        }
        self = leading.state
        for worker in workers where worker.pid != leading.pid {
            for (name, server) in worker.state.servers {
                servers[name, default: Server(status: "OLD", endpoint: server.endpoint, open: 0)].open += server.open
            }
        }
    }
}
