import Access
import HTTPTypes
import Model

extension API {
    private static let filters: [APIRoute.Field] = [
        .init(name: "actor", text: "Of this account, token or script."),
        .init(name: "action", text: "This action, or all that begin with it: grant, grant.add."),
        .init(name: "outcome", text: "done, refused or failed."),
        .init(name: "app", text: "On this app."),
        .init(name: "environment", text: "In this environment."),
    ]

    static let generalRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/events", access: .known, summary: "Server-sent events; goes on after Last-Event-ID",
            query: [
                .init(name: "topics", text: "app/1,deploy/3; all without it."),
                .init(name: "after", type: "integer", text: "The last event that was seen."),
            ], answer: "text/event-stream"
        ) { call in .raw(try LiveRoutes(services: call.services).events(call.request, call.context, named: nil)) },
        APIRoute(
            method: .get, path: "/audit", access: .right(.administer, .server),
            summary: "Who did what, newest first", query: filters + paging, answer: "Page of AuditEntry"
        ) { call in
            let limit = try call.limit()
            let entries = try await call.services.access.audit.entries(try AuditFilter(call), limit: limit + 1)
            let shown = Array(entries.prefix(limit))
            return try .value(Page(rows: shown, cursor: entries.count > limit ? shown.last?.id : nil))
        },
        APIRoute(
            method: .get, path: "/audit.jsonl", access: .right(.administer, .server),
            summary: "The whole audit log, newest first, an entry a line", query: filters,
            answer: "application/jsonl"
        ) { call in
            .raw(try AuditRoutes(services: call.services).export(AuditFilter(call), call.request, call.context))
        },
    ]
}

extension AuditFilter {
    /// As the query asks.
    init(_ call: APICall) throws {
        self.init(
            actor: call.query("actor"), action: call.query("action"),
            outcome: try call.query("outcome").map { text in
                guard let outcome = AuditEntry.Outcome(rawValue: text) else {
                    throw Failure(.usage, "?outcome=\(text) is none of done, refused, failed")
                }
                return outcome
            }, app: call.query("app"), environment: call.query("environment"),
            before: try call.number("before").map(Int64.init))
    }
}
