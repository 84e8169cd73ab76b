import Access
import HTTPTypes
import Model

extension API {
    private static let filters: [APIRoute.Field] = [
        .text("actor", "Of this account, token or script."),
        .text("action", "This action, or all that begin with it: grant, grant.add."),
        .text("outcome", "How it ended.", values: AuditEntry.Outcome.allCases.map(\.rawValue)),
        .text("app", "On this app."),
        .text("environment", "In this environment."),
    ]

    static let generalRoutes: [APIRoute] = [
        APIRoute(
            path: "/events", access: .known, summary: "Server-sent events; goes on after Last-Event-ID",
            query: [
                .text("topics", "app/1,deploy/3; all without it."),
                .number("after", "The last event that was seen.", 0...Int64.max),
            ], media: "text/event-stream",
            text: """
                Events for as long as one listens: `id` grows, `event` is the kind (queued, step, ended, …), `data` is an \
                Event as JSON. The first is `hello`, without data.
                """
        ) { try LiveRoutes(services: $0.services).events($0.request, $0.context, named: nil) },
        APIRoute(
            method: .get, path: "/audit", access: .right(.administer, .server),
            summary: "Who did what, newest first", query: filters + paging, answer: Page<AuditEntry>.self
        ) { call in
            let limit = try call.limit()
            let entries = try await call.services.access.audit.entries(try AuditFilter(call), limit: limit + 1)
            let shown = Array(entries.prefix(limit))
            return Page(rows: shown, cursor: entries.count > limit ? shown.last?.id : nil)
        },
        APIRoute(
            path: "/audit.jsonl", access: .right(.administer, .server),
            summary: "The whole audit log, newest first, an entry a line", query: filters,
            media: "application/jsonl", text: "An AuditEntry as JSON in each line."
        ) { try AuditRoutes(services: $0.services).export(AuditFilter($0), $0.request, $0.context) },
    ]
}

extension AuditFilter {
    /// As the query asks.
    init(_ call: APICall) throws {
        self.init(
            actor: call.query("actor"), action: call.query("action"),
            outcome: call.query("outcome").flatMap(AuditEntry.Outcome.init), app: call.query("app"),
            environment: call.query("environment"),
            before: try call.number("before").map(Int64.init))
    }
}
