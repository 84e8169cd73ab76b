import Model
import Stacks

/// A load balancer in memory that understands the commands Slipway gives HAProxy, and does with requests what HAProxy
/// does: a new server counts as up at once, one that doesn't answer goes down after some checks, a request that no
/// server takes is given to the next one.
struct SimulatedEdge: Sendable {
    enum Mode: Sendable { case ready, drain, maintenance }

    /// An open request.
    struct Request: Sendable {
        var end: Int
    }

    struct Server: Sendable {
        var endpoint: String
        var mode: Mode
        var weight = 1
        var isUp = true
        /// Since when it has or hasn't answered, unlike `isUp` says; nil when it does as that says.
        var differsSince: Int?
        var interval: Int
        var fall: Int
        var drainsSince: Int?
        var open: [Request] = []

        var takesRequests: Bool { mode == .ready && weight > 0 && isUp }
        var address: String { String(endpoint.prefix { $0 != ":" }) }
    }

    /// Requests that were cut, and for how long their server had taken no new ones.
    struct Cut: Sendable {
        var address: String
        var count: Int
        var drainedFor: Int?
    }

    /// What runs; nil while it is dead.
    struct Process: Sendable {
        var structure: String?
        var servers: [String: Server] = [:]
    }

    var process: Process?
    /// Its configuration file.
    var written: EdgeConfiguration?
    /// How many commands it got.
    var commands = 0

    /// What it says of itself.
    var state: EdgeState? {
        guard let process else { return nil }
        return EdgeState(
            structure: process.structure,
            servers: process.servers.mapValues { server in
                let status =
                    switch server.mode {
                    case .maintenance: "MAINT"
                    case .drain: "DRAIN"
                    case .ready: server.weight == 0 ? "DRAIN" : server.isUp ? "UP" : "DOWN"
                    }
                var seen = EdgeState.Server(status: status, endpoint: server.endpoint, open: server.open.count)
                seen.isDraining = server.mode == .drain || server.mode == .ready && server.weight == 0
                return seen
            })
    }

    // MARK: Commands

    /// Reads its file anew. A reload leaves open requests to the process before it.
    mutating func load(at now: Int) {
        guard let written else {
            process = Process()
            return
        }
        var next = Process(structure: written.structure)
        for service in written.services {
            for server in service.servers {
                next.servers["\(service.name)/\(server.name)"] = Server(
                    endpoint: server.endpoint, mode: .ready, weight: server.isDraining ? 0 : 1,
                    interval: service.check?.interval ?? 1000, fall: service.check?.unhealthyThreshold ?? 2,
                    drainsSince: server.isDraining ? now : nil)
            }
        }
        process = next
    }

    /// Carries out a line of the admin socket; returns what was cut. Throws what the edge would answer.
    mutating func tell(_ line: String, at now: Int) throws -> [Cut] {
        commands += 1
        guard process != nil else { throw Failure(.unavailable, "The simulated edge is dead") }
        let words = line.split(separator: " ").map(String.init)
        guard let index = words.firstIndex(where: { $0.contains("/") }) else { return [] }
        let name = words[index]
        switch words.prefix(index).joined(separator: " ") {
        case "add server":
            guard process?.servers[name] == nil, words.count > index + 1 else {
                throw Failure(.unavailable, "The edge refused `\(line)`", cause: "already exists")
            }
            let check = written?.services.first { name.hasPrefix("\($0.name)/") }?.check
            process?.servers[name] = Server(
                endpoint: words[index + 1], mode: .maintenance, interval: check?.interval ?? 1000,
                fall: check?.unhealthyThreshold ?? 2)
        case "enable server": process?.servers[name]?.mode = .ready
        case "set server":
            guard words.count > index + 2 else { return [] }
            if words[index + 1] == "health" {
                process?.servers[name]?.isUp = words[index + 2] == "up"
                process?.servers[name]?.differsSince = nil
            }
            if words[index + 1] == "weight" { process?.servers[name]?.weight = Int(words[index + 2]) ?? 1 }
            guard words[index + 1] == "state" else { return [] }
            let mode: Mode = words[index + 2] == "ready" ? .ready : words[index + 2] == "drain" ? .drain : .maintenance
            process?.servers[name]?.mode = mode
            let since = process?.servers[name]?.drainsSince ?? now
            process?.servers[name]?.drainsSince = mode == .ready ? nil : since
        case "shutdown sessions server":
            guard let server = process?.servers[name], !server.open.isEmpty else { return [] }
            process?.servers[name]?.open = []
            return [
                Cut(
                    address: server.address, count: server.open.count, drainedFor: server.drainsSince.map { now - $0 })
            ]
        case "del server":
            if process?.servers[name]?.open.isEmpty == true { process?.servers[name] = nil }
        default: break
        }
        return []
    }

    // MARK: Time and requests

    /// Ends requests whose time has come, and checks servers.
    mutating func advance(to now: Int, _ answers: (String) -> Bool) {
        guard let names = process?.servers.keys.sorted() else { return }
        for name in names {
            guard var server = process?.servers[name] else { continue }
            server.open.removeAll { $0.end <= now }
            if answers(server.address) == server.isUp {
                server.differsSince = nil
            } else if let since = server.differsSince {
                let limit =
                    server.isUp ? server.interval + (server.fall - 1) * min(server.interval, 500) : server.interval
                if now - since >= limit {
                    server.isUp.toggle()
                    server.differsSince = nil
                }
            } else {
                server.differsSince = now
            }
            process?.servers[name] = server
        }
    }

    /// When something changes by itself next.
    func nextChange(after now: Int) -> Int? {
        var earliest: Int?
        for server in (process?.servers ?? [:]).values {
            let checks = server.differsSince.map {
                $0 + (server.isUp ? server.interval + (server.fall - 1) * min(server.interval, 500) : server.interval)
            }
            let end = server.drainsSince == nil ? nil : server.open.map(\.end).max()
            for time in [checks, end].compactMap(\.self) where time > now { earliest = min(earliest ?? time, time) }
        }
        return earliest
    }

    /// A request for a service: the servers that were asked, in order, the last of which took it if `isServed`.
    mutating func request(_ backend: String, until end: Int, _ answers: (String) -> Bool) -> (
        asked: [String], isServed: Bool
    ) {
        var asked: [String] = []
        let candidates = (process?.servers ?? [:]).filter { $0.key.hasPrefix("\(backend)/") && $0.value.takesRequests }
            .sorted { ($0.value.open.count, $0.key) < ($1.value.open.count, $1.key) }
        for (name, server) in candidates.prefix(4) {
            asked.append(server.address)
            guard answers(server.address) else { continue }
            if server.open.count < 4 { process?.servers[name]?.open.append(Request(end: end)) }
            return (asked, true)
        }
        return (asked, false)
    }

    /// Cuts what is open at an address whose process ends.
    mutating func cut(_ address: String, at now: Int) -> [Cut] {
        var cuts: [Cut] = []
        for (name, server) in process?.servers ?? [:] where server.address == address && !server.open.isEmpty {
            process?.servers[name]?.open = []
            cuts.append(
                Cut(address: address, count: server.open.count, drainedFor: server.drainsSince.map { now - $0 }))
        }
        return cuts
    }
}
