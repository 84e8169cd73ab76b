/// Judges the lines that a service brings for HAProxy. The edge is everybody's, and runs as the server does: a line is
/// taken only where it is known to change nothing but how the service's own requests are handled.
enum LineJudge {
    /// Where a line may stand.
    struct Place: OptionSet, Hashable, Sendable {
        let rawValue: Int
        static let frontend = Place(rawValue: 1)
        static let backend = Place(rawValue: 2)
        static let both: Place = [.frontend, .backend]
    }

    /// What is to be done with a line.
    enum Verdict: Hashable, Sendable {
        case taken(Place)
        /// Why not.
        case refused(String)
    }

    static func verdict(on line: ConfigurationLine) -> Verdict {
        guard let first = line.words.first else { return .refused("it is empty") }
        let second = line.words.dropFirst().first ?? ""
        if let reason = gone[first] { return .refused(reason) }
        guard let place = places[first] ?? places["\(first) \(second)"] else {
            return .refused("Slipway can't judge it, and so doesn't hand it to the edge that all services share")
        }
        if let actions = actions[first], !actions.contains(String(second.prefix { $0 != "(" })) {
            return .refused("Slipway can't judge the action \(second)")
        }
        if first == "tcp-request", second != "inspect-delay",
            !["accept", "reject"].contains(line.words.dropFirst(2).first)
        {
            return .refused("Slipway can't judge the action \(line.words.dropFirst(2).first ?? "")")
        }
        if first == "balance", !["roundrobin", "leastconn", "random"].contains(second) {
            return .refused("containers come and go, and \(second) is not for that; roundrobin, leastconn or random is")
        }
        for word in line.words.dropFirst() {
            if let reason = objection(to: word) { return .refused(reason) }
        }
        return .taken(place)
    }

    private static func objection(to word: String) -> String? {
        if word.contains("$") { return "it names a variable of the edge's environment" }
        if word.hasPrefix("-f") || word.hasPrefix("-M") || readers.contains(word) { return "it reads a file" }
        for match in word.matches(of: #/([A-Za-z0-9_.\-]+)\(/#) where !fetches.contains(String(match.1)) {
            return "Slipway can't judge \(match.1)(…)"
        }
        if word.contains("proc.") { return "it sets what all services share" }
        return word.contains("lua.") ? "Slipway can't judge \(word)" : nil
    }

    /// Words after which a file's name stands.
    private static let readers: Set<String> = [
        "file", "lf-file", "errorfile", "errorfiles", "crt", "ca-file", "crl-file",
    ]

    private static let gone = Dictionary(
        uniqueKeysWithValues: ["reqadd", "reqdel", "reqrep", "reqirep", "reqdeny", "reqallow", "reqpass", "reqtarpit"]
            .map { ($0, "HAProxy has it no longer: write http-request …") }
            + ["rspadd", "rspdel", "rsprep", "rspirep", "rspdeny"]
            .map { ($0, "HAProxy has it no longer: write http-response …") })

    private static let places: [String: Place] = [
        "acl": .both, "compression": .both, "errorloc": .both, "errorloc302": .both, "errorloc303": .both,
        "http-after-response": .both, "http-request": .both, "http-response": .both, "redirect": .both,
        "tcp-request": .both, "capture": .frontend, "maxconn": .frontend, "monitor-uri": .frontend,
        "rate-limit": .frontend, "balance": .backend, "fullconn": .backend, "hash-type": .backend,
        "http-reuse": .backend, "retries": .backend,
        "timeout client": .frontend, "timeout client-fin": .frontend, "timeout http-keep-alive": .frontend,
        "timeout http-request": .frontend, "timeout tarpit": .frontend, "timeout check": .backend,
        "timeout connect": .backend, "timeout queue": .backend, "timeout server": .backend,
        "timeout server-fin": .backend, "timeout tunnel": .backend,
        "option abortonclose": .backend, "option allbackups": .backend, "option clitcpka": .frontend,
        "option contstats": .frontend, "option dontlognull": .frontend, "option forwardfor": .both,
        "option http-buffer-request": .both, "option http-keep-alive": .both, "option http-no-delay": .both,
        "option http-pretend-keepalive": .backend, "option http-server-close": .both, "option httpclose": .both,
        "option httplog": .frontend, "option log-health-checks": .backend, "option logasap": .frontend,
        "option nolinger": .both, "option originalto": .both, "option persist": .backend,
        "option prefer-last-server": .backend, "option redispatch": .backend, "option srvtcpka": .backend,
        "option tcp-smart-accept": .frontend, "option tcp-smart-connect": .backend, "option tcpka": .both,
        "option tcplog": .frontend,
    ]

    private static let requestActions: Set<String> = [
        "add-header", "allow", "del-header", "deny", "redirect", "replace-header", "replace-path", "replace-pathq",
        "replace-uri", "replace-value", "return", "set-header", "set-method", "set-path", "set-pathq", "set-query",
        "set-status", "set-uri", "set-var", "tarpit", "unset-var",
    ]

    private static let actions: [String: Set<String>] = [
        "http-request": requestActions, "http-response": requestActions, "http-after-response": requestActions,
        "tcp-request": ["inspect-delay", "connection", "content", "session"], "capture": ["request", "response"],
        "compression": ["algo", "type", "offload"],
    ]

    /// What may stand before parentheses: samples of the request and what is computed of them.
    private static let fetches: Set<String> = [
        "add", "base64", "bytes", "capture", "concat", "cook", "cook_beg", "cook_end", "cook_reg", "cook_sub", "date",
        "div", "field", "hdr", "hdr_beg", "hdr_cnt", "hdr_dir", "hdr_dom", "hdr_end", "hdr_reg", "hdr_sub", "http_date",
        "int", "ipmask", "language", "length", "ltime", "mod", "mul", "nbsrv", "rand", "regsub", "req.cook", "req.fhdr",
        "req.hdr", "req.hdr_cnt", "res.cook", "res.fhdr", "res.hdr", "scook", "set-var", "shdr", "str", "strcmp", "sub",
        "txn", "unset-var", "url_dec", "url_param", "urlp", "urlp_beg", "urlp_end", "urlp_reg", "utime", "var", "word",
    ]
}
