import Foundation
import Model

/// Load balancers of Rancher before 1.2: the ports and the links of the service are its rules, and labels say more.
extension ServiceSpec {
    private static let prefix = "io.rancher.loadbalancer."

    /// A rule for every port and every service that is linked to.
    var rulesOfLinks: [BalancerRule] {
        let secure = numbers("ssl.ports"), proxied = numbers("proxy-protocol.ports")
        return ports.filter { $0.transport == .tcp }.flatMap { port -> [BalancerRule] in
            let source = port.hostPort ?? port.containerPort
            let speaksHTTP = labels[Label.edgeProtocol] != "tcp"
            let mode: BalancerRule.Mode =
                if secure.contains(source) { speaksHTTP ? .https : .tls } else { speaksHTTP ? .http : .tcp }
            return (links + externalLinks).flatMap { link -> [BalancerRule] in
                let name = String(link.prefix { $0 != ":" })
                let shapes = (labels["\(Self.prefix)target.\(name)"] ?? "").split(separator: ",")
                    .compactMap { LinkShape($0.filter { !$0.isWhitespace }) }
                let fitting = shapes.filter { $0.sourcePort == nil || $0.sourcePort == source }
                // Named for other ports alone: nothing of this one.
                if !shapes.isEmpty, fitting.isEmpty { return [] }
                return (fitting.isEmpty ? [LinkShape()] : fitting).map { shape in
                    BalancerRule(
                        sourcePort: source, targetPort: shape.targetPort ?? port.containerPort, mode: mode,
                        target: .named(name), hostname: shape.hostname?.lowercased(), path: shape.path, weight: 1,
                        acceptsProxy: proxied.contains(source))
                }
            }
        }
    }

    private func numbers(_ label: String) -> Set<Int> {
        Set(
            (labels[Self.prefix + label] ?? "").split(separator: ",").compactMap { Int($0.filter { !$0.isWhitespace }) }
        )
    }
}

/// `host:source/path=target`, every part of which may be missing.
private struct LinkShape {
    var hostname: String?
    var sourcePort: Int?
    var path: String?
    var targetPort: Int?

    init() {}

    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        targetPort = sides.count > 1 ? Int(sides[1]) : nil
        let slash = sides[0].firstIndex(of: "/") ?? sides[0].endIndex
        if slash != sides[0].endIndex { path = String(sides[0][slash...]) }
        let place = sides[0][..<slash].split(separator: ":").map(String.init)
        for part in place {
            if let port = Int(part) { sourcePort = port } else { hostname = part }
        }
    }
}
