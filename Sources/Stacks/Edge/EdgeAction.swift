/// One thing to do so that the running load balancer becomes what it shall be.
package enum EdgeAction: Hashable, Sendable {
    case start
    case stop
    /// Read the configuration again: a port came or went.
    case reload
    /// Lines for the admin socket, in order.
    case tell([String])
    /// Takes a server out; the last line is refused while connections remain, and comes again at the next look.
    case remove([String])
}

/// What is to be done, in order; empty when all is as it shall be.
///
/// - Parameter actual: nil when no HAProxy runs.
package func edgeActions(desired: EdgeConfiguration, actual: EdgeState?) -> [EdgeAction] {
    guard !desired.services.isEmpty else { return actual == nil ? [] : [.stop] }
    guard let actual else { return [.start] }
    guard actual.structure == desired.structure else { return [.reload] }
    return serverActions(desired: desired.services, actual: actual)
}

/// What is to be done to the servers behind ports, where the ports are as they shall be. For a worker that an earlier
/// configuration left too: its connections may still ask for a server.
func serverActions(desired services: [EdgeConfiguration.Service], actual: EdgeState) -> [EdgeAction] {
    var actions: [EdgeAction] = []
    var wanted: Set<String> = []
    for service in services {
        for server in service.servers {
            let name = "\(service.name)/\(server.name)"
            wanted.insert(name)
            if server.isFixed { continue }
            let found = actual.servers[name]
            if let found, service.stickiness != nil, found.endpoint == server.endpoint {
                actions += stickyActions(of: service, server, found)
            } else if let found, found.endpoint != server.endpoint || found.status.hasPrefix("MAINT") {
                let hasMoved = found.endpoint != server.endpoint
                actions += [removal(of: name), addition(of: server, to: service, isProven: !hasMoved)]
            } else if found == nil {
                actions.append(addition(of: server, to: service))
            } else if let found, server.isDraining != found.isDraining {
                actions.append(
                    .tell(
                        server.isDraining
                            ? ["set server \(name) state drain"]
                            : ["set server \(name) weight \(server.weight)", "set server \(name) state ready"]))
            } else if let found, !server.isDraining, let weight = found.weight, weight != server.weight {
                actions.append(.tell(["set server \(name) weight \(server.weight)"]))
            }
        }
    }
    actions += actual.servers.keys.filter { !wanted.contains($0) }.sorted().map(removal)
    return actions
}

/// - Parameter isProven: Whether it was found fit. A container that came back by itself with another address was not:
///   it gets no requests before HAProxy's own check passes, where a new server would count as up at once.
private func addition(
    of server: EdgeConfiguration.Server, to service: EdgeConfiguration.Service, isProven: Bool = true
) -> EdgeAction {
    let name = "\(service.name)/\(server.name)"
    let weight = server.weight == 1 ? "" : " weight \(server.weight)"
    var lines = ["add server \(name) \(server.endpoint) \(service.checkWords)\(weight)", "enable health \(name)"]
    // Cookies of servers that were added come into being here.
    if service.stickiness != nil { lines.append("enable dynamic-cookie backend \(service.name)") }
    if isProven {
        lines.append("enable server \(name)")
        if server.isDraining {
            lines.append("set server \(name) state \(service.stickiness == nil ? "drain" : "maint")")
        }
    } else {
        // In this order there is no moment at which it is up.
        lines += ["set server \(name) state drain", "set server \(name) health down"]
        if !server.isDraining { lines.append("set server \(name) state ready") }
    }
    return .tell(lines)
}

/// Where clients come back by a cookie, one that drains would still get the requests of those that have its own; one in
/// maintenance gets none, and finishes what it has.
private func stickyActions(
    of service: EdgeConfiguration.Service, _ server: EdgeConfiguration.Server, _ found: EdgeState.Server
) -> [EdgeAction] {
    let name = "\(service.name)/\(server.name)"
    let isOut = found.status.hasPrefix("MAINT")
    if server.isDraining { return isOut ? [] : [.tell(["set server \(name) state maint"])] }
    var lines: [String] = []
    if isOut || found.isDraining { lines.append("set server \(name) state ready") }
    if let weight = found.weight, weight != server.weight { lines.append("set server \(name) weight \(server.weight)") }
    return lines.isEmpty ? [] : [.tell(lines)]
}

private func removal(of name: String) -> EdgeAction {
    .remove(["set server \(name) state maint", "shutdown sessions server \(name)", "del server \(name)"])
}
