import Model

/// How a client is led to the same container again: by a cookie that the edge sets.
struct Stickiness: Hashable, Sendable {
    var cookie: String
    var options: [String] = []
    /// What can't be taken, a sentence each.
    var objections: [String] = []

    /// Nil where the policy says nothing. The cookie holds a digest of a container's address: HAProxy gives servers that
    /// are added while it runs no other.
    init?(_ policy: [String: String]) {
        let said = policy.filter { !$0.value.isEmpty && $0.value != "false" && $0.value != "null" }
        guard !said.isEmpty else { return nil }
        cookie = said["cookie"] ?? said["name"] ?? "SLIPWAY"
        if cookie.wholeMatch(of: #/[A-Za-z0-9_.\-]+/#) == nil {
            objections.append("`\(cookie)` can't be a cookie's name: letters, digits, `_`, `.` and `-`")
        }
        for (key, value) in said.sorted(by: { $0.key < $1.key }) {
            switch key {
            case "name", "cookie": break
            case "indirect", "nocache", "postonly": options.append(key)
            case "domain":
                options += ["domain", value]
                if value.wholeMatch(of: #/[A-Za-z0-9.\-]+/#) == nil {
                    objections.append("`\(value)` can't be a cookie's domain")
                }
            case "mode" where value == "insert": break
            case "mode":
                objections.append(
                    "the cookie mode \(value) needs fixed servers, and containers come and go: use insert")
            default:
                objections.append(
                    "\(key) belongs to a cookie of the application's own, which can't be used: write a stickiness_policy"
                        + " with mode: insert")
            }
        }
    }

    /// The lines of a backend.
    func lines(key: String) -> [String] {
        (["cookie", cookie, "insert"] + options + ["dynamic"]).joined(separator: " ").split(separator: "\n").map(
            String.init)
            + ["dynamic-cookie-key \(key)"]
    }
}
