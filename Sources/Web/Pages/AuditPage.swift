import Access
import Model

/// Who did what, when and from where.
struct AuditPage: Sendable {
    var entries: [AuditEntry]
    var filter = AuditFilter()
    /// Pass as `before` for the next page; nil on the last.
    var cursor: Int64?

    func render(_ context: PageContext) -> HTML {
        context.page(
            "Audit", section: .audit,
            """
            <div class="head"><div class="grow"><h1>Audit</h1></div>
            <div class="actions"><a class="button" href="/api/v1/audit.jsonl?\(query)">Export as JSON lines</a></div></div>
            <form method="get" action="/audit" class="adds card pad">\(fields)<button>Filter</button>\
            \("<a class=\"small\" href=\"/audit\">All</a>", if: !query.isEmpty)</form>
            <section>\(list(context))</section>
            """)
    }

    private var fields: HTML {
        let texts = [
            ("actor", "Who", filter.actor), ("action", "Action", filter.action), ("app", "App", filter.app),
            ("environment", "Environment", filter.environment),
        ]
        let inputs = texts.map { name, label, value -> HTML in
            "<input type=\"text\" name=\"\(name)\" value=\"\(value ?? "")\" aria-label=\"\(label)\" placeholder=\"\(label)\" autocapitalize=\"none\">"
        }
        return """
            \(inputs)\(Pieces.select("outcome", id: "outcome", AuditEntry.Outcome.allCases.map(\.rawValue),
                none: "any outcome", chosen: filter.outcome?.rawValue, label: "Outcome"))
            """
    }

    /// The filter as a query, without the place in the list.
    private var query: String {
        [
            ("actor", filter.actor), ("action", filter.action), ("outcome", filter.outcome?.rawValue),
            ("app", filter.app), ("environment", filter.environment),
        ].compactMap { name, value in value.map { "\(name)=\($0.addingPercentEncoding())" } }.joined(separator: "&")
    }

    private func list(_ context: PageContext) -> HTML {
        guard !entries.isEmpty else { return "<div class=\"card pad muted small\">Nothing that fits.</div>" }
        let more: HTML? = cursor.map {
            "<div class=\"more\"><a href=\"/audit?\(query.isEmpty ? "" : "\(query)&")before=\($0)\">Older entries</a></div>"
        }
        return """
            <div class="card"><table class="table"><thead><tr><th>When</th><th>Who</th><th>What</th><th>On</th><th>From</th><th>Outcome</th></tr></thead>
            <tbody>\(entries.map { row($0, context) })</tbody></table>\(more)</div>
            """
    }

    private func row(_ entry: AuditEntry, _ context: PageContext) -> HTML {
        let place = [entry.app, entry.environment].compactMap { $0 }.joined(separator: "/")
        let on = [place, entry.subject ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        let kind: HTML? = entry.kind == "account" ? nil : " <span class=\"muted small\">\(entry.kind)</span>"
        return """
            <tr><td class="name">\(context.ago(entry.at))</td><td data-label="Who">\(entry.actor)\(kind)</td>\
            <td data-label="What"><code>\(entry.action)</code>\(change(entry))</td><td data-label="On">\(on)</td>\
            <td data-label="From">\(entry.address)</td><td data-label="Outcome">\(Self.badge(entry.outcome).html)</td></tr>

            """
    }

    private func change(_ entry: AuditEntry) -> HTML? {
        guard entry.before != nil || entry.after != nil else { return nil }
        let before: HTML? = entry.before.map { "<pre><span class=\"minus\">−</span> \($0)</pre>" }
        let after: HTML? = entry.after.map { "<pre><span class=\"plus\">+</span> \($0)</pre>" }
        return "<details class=\"diff\"><summary>what changed</summary>\(before)\(after)</details>"
    }

    private static func badge(_ outcome: AuditEntry.Outcome) -> Badge {
        switch outcome {
        case .done: Badge(.good, Icon.check, "done")
        case .refused: Badge(.warn, Icon.slash, "refused")
        case .failed: Badge(.bad, Icon.cross, "failed")
        }
    }
}
