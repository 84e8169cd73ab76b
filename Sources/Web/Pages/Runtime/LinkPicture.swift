import Model
import Stacks

/// The services of a stack and who calls whom, drawn left to right: callers before those that they call.
struct LinkPicture: Sendable {
    var services: [ServiceView]
    /// Address of a service's page.
    var path: @Sendable (String) -> String

    private static let (width, height, gapX, gapY) = (176, 44, 72, 16)

    /// Nothing where no service names another.
    var html: HTML? {
        let edges = edges
        guard !edges.isEmpty else { return nil }
        let columns = Self.columns(of: services.map(\.name), edges)
        let spots = Self.spots(columns)
        let wide = columns.count * (Self.width + Self.gapX) - Self.gapX + 2
        let high = (columns.map(\.count).max() ?? 1) * (Self.height + Self.gapY) - Self.gapY + 2
        let lines = edges.compactMap { edge -> HTML? in
            guard let from = spots[edge.from], let to = spots[edge.to] else { return nil }
            return Self.line(from, to)
        }
        let boxes = services.compactMap { service in spots[service.name].map { box(service, $0) } }
        let label = edges.map { "\($0.from) calls \($0.to)" }.joined(separator: ", ")
        return """
            <div class="card pad picture"><svg viewBox="-1 -1 \(wide) \(high)" width="\(wide)" height="\(high)" role="group" aria-label="\(label)">\
            <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8Z"/></marker></defs>\
            \(lines)\(boxes)</svg></div>
            """
    }

    /// Links between services of this stack.
    private var edges: [(from: String, to: String)] {
        let names = Set(services.map(\.name))
        return services.flatMap { service -> [(from: String, to: String)] in
            let ruled = service.spec.balancerRules.compactMap { rule -> String? in
                guard case .service(nil, let name) = rule.target else { return nil }
                return name
            }
            return (service.spec.links + Set(ruled).sorted()).compactMap { link -> (from: String, to: String)? in
                let other = String(link.prefix { $0 != ":" })
                return names.contains(other) && other != service.name ? (service.name, other) : nil
            }
        }
    }

    /// Each service as far right as the longest way to it; a circle ends where it would begin again.
    static func columns(of names: [String], _ edges: [(from: String, to: String)]) -> [[String]] {
        var depth = Dictionary(uniqueKeysWithValues: names.map { ($0, 0) })
        for _ in names {
            for edge in edges {
                let next = min((depth[edge.from] ?? 0) + 1, names.count - 1)
                if next > depth[edge.to] ?? 0, !reaches(edge.to, edge.from, edges) { depth[edge.to] = next }
            }
        }
        let used = Set(depth.values).sorted()
        return used.map { column in names.filter { depth[$0] == column } }
    }

    private static func reaches(_ from: String, _ to: String, _ edges: [(from: String, to: String)]) -> Bool {
        var (seen, next): (Set<String>, [String]) = ([], [from])
        while let name = next.popLast() {
            if name == to { return true }
            if seen.insert(name).inserted { next += edges.filter { $0.from == name }.map(\.to) }
        }
        return false
    }

    private static func spots(_ columns: [[String]]) -> [String: (x: Int, y: Int)] {
        let most = columns.map(\.count).max() ?? 1
        var spots: [String: (x: Int, y: Int)] = [:]
        for (column, names) in columns.enumerated() {
            let top = (most - names.count) * (height + gapY) / 2
            for (row, name) in names.enumerated() {
                spots[name] = (column * (width + gapX), top + row * (height + gapY))
            }
        }
        return spots
    }

    private static func line(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int)) -> HTML {
        let (startX, startY) = (from.x + width, from.y + height / 2)
        let (endX, endY) = (to.x - 2, to.y + height / 2)
        let bend = max(24, abs(endX - startX) / 2)
        return """
            <path class="wire" d="M\(startX) \(startY)C\(startX + bend) \(startY) \(endX - bend) \(endY) \(endX) \(endY)" marker-end="url(#tip)"/>
            """
    }

    private func box(_ service: ServiceView, _ spot: (x: Int, y: Int)) -> HTML {
        let name = service.name.count > 20 ? service.name.prefix(19) + "…" : service.name[...]
        return """
            <a href="\(path(service.name))"><rect class="box \(service.badge.tone.rawValue)" x="\(spot.x)" y="\(spot.y)" width="\(Self.width)" height="\(Self.height)" rx="8"/>\
            <text x="\(spot.x + 14)" y="\(spot.y + 19)" class="name">\(name)</text>\
            <text x="\(spot.x + 14)" y="\(spot.y + 35)">\(service.badge.word), \(service.serving) of \(service.spec.scale)</text></a>
            """
    }
}
