import Foundation

/// Which addresses may be asked: HTTPS ones, and HTTP on this machine, where nobody listens on the way.
public enum OutboundAddress {
    /// What is wrong with the address, in words; nil where nothing is.
    public static func problem(_ url: String) -> String? {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), let host = parts.host,
            !host.isEmpty
        else { return "is not an address like https://example.com" }
        if parts.user != nil || parts.password != nil { return "has a name or a password in it" }
        if parts.fragment != nil { return "has a #fragment" }
        switch scheme {
        case "https": return nil
        case "http" where loopback.contains(host.lowercased()): return nil
        case "http": return "is not HTTPS"
        default: return "is not HTTPS"
        }
    }

    private static let loopback: Set = ["127.0.0.1", "localhost", "::1", "[::1]"]
}
