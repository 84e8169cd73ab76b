/// The lines for HAProxy that a load balancer's `config` brings, by where they go.
struct BalancerLines: Hashable, Sendable {
    /// For all of the balancer's own frontends; for all of its backends.
    var everyFrontend: [String] = []
    var everyBackend: [String] = []
    /// By source port.
    var frontends: [Int: [String]] = [:]
    /// By the rules' `backend_name`.
    var backends: [String: [String]] = [:]
    /// Source ports whose connections begin with a line of the PROXY protocol.
    var proxied: Set<Int> = []
    /// What can't be taken, a sentence each.
    var objections: [String] = []

    /// Reads a text with the sections of HAProxy's own file.
    init(_ text: String) {
        var section: [String] = []
        for (index, row) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let line = ConfigurationLine(String(row)) else {
                refuse(index, String(row), "its quotes or its backslashes can't be read")
                continue
            }
            guard let first = line.words.first else { continue }
            if ["global", "defaults", "frontend", "backend"].contains(first) {
                section = line.words
            } else if ["listen", "userlist", "peers", "mailers", "resolvers", "cache", "program", "ring"].contains(
                first)
            {
                section = line.words
                refuse(index, String(row), "the section \(first) acts on the edge, which all services share")
            } else {
                add(line, section, index, String(row))
            }
        }
    }

    private mutating func add(_ line: ConfigurationLine, _ section: [String], _ index: Int, _ row: String) {
        let name = section.dropFirst().first
        switch section.first {
        case "global"? where line.words.first == "maxconn" && line.words.count == 2:
            // What a balancer of one's own would have taken altogether.
            everyFrontend.append(line.text)
        case "global"?: refuse(index, row, "it acts on the edge as a whole, which all services share")
        case "frontend"? where line.words == ["accept-proxy"]:
            if let port = name.flatMap({ Int($0) }) { proxied.insert(port) }
        case "defaults"?, "frontend"?, "backend"?: judge(line, section[0], name, index, row)
        case nil: refuse(index, row, "it stands in no section: write defaults, frontend PORT or backend NAME before it")
        default: break
        }
    }

    private mutating func judge(
        _ line: ConfigurationLine, _ section: String, _ name: String?, _ index: Int, _ row: String
    ) {
        let place: LineJudge.Place
        switch LineJudge.verdict(on: line) {
        case .refused(let reason): return refuse(index, row, reason)
        case .taken(let found): place = found
        }
        switch section {
        case "defaults":
            // Rules in both would be carried out twice.
            let isRule = !["option", "timeout"].contains(line.words.first ?? "")
            if place.contains(.frontend) { everyFrontend.append(line.text) }
            if place.contains(.backend), !(isRule && place == .both) { everyBackend.append(line.text) }
        case "frontend":
            guard place.contains(.frontend) else { return refuse(index, row, "it belongs into a backend") }
            guard let port = name.flatMap({ Int($0) }) else {
                return refuse(index, row, "a frontend is named by its source port")
            }
            frontends[port, default: []].append(line.text)
        default:
            guard place.contains(.backend) else { return refuse(index, row, "it belongs into a frontend") }
            if let name { backends[name, default: []].append(line.text) } else { everyBackend.append(line.text) }
        }
    }

    private mutating func refuse(_ index: Int, _ row: String, _ reason: String) {
        let row = row.drop { $0.isWhitespace }
        objections.append("line \(index + 1) of config, `\(row)`, is refused: \(reason)")
    }
}
