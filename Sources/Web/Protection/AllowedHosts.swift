import Foundation

/// The names by which this server may be asked, and the origins that are its own.
///
/// A page of another site that has its own name lead to this machine (DNS rebinding) has the browser believe that both
/// are one; only the name tells. An address can't be another site's name, so any address is allowed.
struct AllowedHosts: Sendable {
    private var names: Set<String> = ["localhost"]
    private let publicOrigin: String?

    /// - Parameters:
    ///   - publicURL: How people and git reach the server.
    ///   - others: More names that lead here.
    init(publicURL: String, others: [String] = []) {
        names.formUnion(others.map { $0.lowercased() })
        let url = URL(string: publicURL)
        if let host = url?.host { names.insert(host.lowercased()) }
        publicOrigin = Self.origin(publicURL)
    }

    /// Whether the value of a `Host` header names this server, at whatever port.
    func allows(_ host: String) -> Bool {
        if IPAddress(node: host) != nil { return true }
        let parts = host.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return false }
        if parts.count == 2, UInt16(parts[1]) == nil { return false }
        return names.contains(name.lowercased())
    }

    /// Whether an `Origin` is this server as the browser asks it: by its public name, or by the one that it was asked by.
    func isOwn(origin: String, host: String, isSecure: Bool) -> Bool {
        guard let origin = Self.origin(origin) else { return false }
        return origin == publicOrigin || origin == Self.origin("\(isSecure ? "https" : "http")://\(host)")
    }

    /// `https://slipway.example.com:8443`, without a port where it is the usual one; nil for what is no origin.
    private static func origin(_ text: String) -> String? {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), let host = url.host?.lowercased(),
            ["http", "https"].contains(scheme), !host.isEmpty
        else { return nil }
        let port = url.port ?? (scheme == "https" ? 443 : 80)
        return "\(scheme)://\(host):\(port)"
    }
}
