internal import Model

/// `[[address:]host:]container[/protocol]`, where host and container may be ranges of the same length.
enum PortSyntax {
    static func parse(_ text: String) throws(SyntaxProblem) -> [PortMapping] {
        var rest = Substring(text)
        guard !rest.isEmpty else { throw SyntaxProblem("no port is named") }
        var transport = PortMapping.TransportProtocol.tcp
        if let slash = rest.lastIndex(of: "/") {
            transport = try self.transport(String(rest[rest.index(after: slash)...]))
            rest = rest[..<slash]
        }
        let (address, host, container) = try split(rest)
        let containers = try range(container, of: "container")
        guard let host, !host.isEmpty else {
            return containers.map {
                PortMapping(hostAddress: address, hostPort: nil, containerPort: $0, transport: transport)
            }
        }
        let hosts = try range(host, of: "host")
        guard hosts.count == containers.count else {
            if containers.count == 1 {
                throw SyntaxProblem(
                    "a range of host ports (\(host)) for one container port is not carried out yet",
                    hint: "name one host port")
            }
            throw SyntaxProblem("the ranges \(host) and \(container) are not of the same length")
        }
        return zip(hosts, containers).map {
            PortMapping(hostAddress: address, hostPort: $0, containerPort: $1, transport: transport)
        }
    }

    static func transport(_ name: String) throws(SyntaxProblem) -> PortMapping.TransportProtocol {
        guard let transport = PortMapping.TransportProtocol(rawValue: name.lowercased()) else {
            throw SyntaxProblem("\"\(name)\" is no protocol that is carried out", hint: "tcp or udp")
        }
        return transport
    }

    private static func split(
        _ text: Substring
    ) throws(SyntaxProblem) -> (address: String?, host: Substring?, container: Substring) {
        guard let last = text.lastIndex(of: ":") else { return (nil, nil, text) }
        let container = text[text.index(after: last)...]
        let front = text[..<last]
        if front.hasPrefix("[") {
            guard let close = front.firstIndex(of: "]") else { throw SyntaxProblem("\"[\" is not closed") }
            let address = String(front[front.index(after: front.startIndex)..<close])
            let host = front[front.index(after: close)...]
            guard host.isEmpty || host.first == ":" else { throw SyntaxProblem("\":\" is missing after \"]\"") }
            return (address, host.dropFirst(), container)
        }
        guard let colon = front.lastIndex(of: ":") else { return (nil, front, container) }
        let address = front[..<colon]
        guard address.wholeMatch(of: #/[0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:]*/#) != nil
        else {
            throw SyntaxProblem("\"\(address)\" is no IP address")
        }
        return (String(address), front[front.index(after: colon)...], container)
    }

    private static func range(_ text: Substring, of side: String) throws(SyntaxProblem) -> [Int] {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = ends.compactMap { end in
            end.utf8.allSatisfy { (48...57).contains($0) } ? Int(end) : nil
        }
        guard numbers.count == ends.count, (1...2).contains(ends.count), let first = numbers.first,
            let last = numbers.last, first <= last, (1...65535).contains(first), last <= 65535
        else { throw SyntaxProblem("\"\(text)\" is no \(side) port", hint: "1 to 65535, or a range as in 8000-8010") }
        return Array(first...last)
    }
}
