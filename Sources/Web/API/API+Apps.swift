import Access
import Delivery
import HTTPTypes
import Model

extension API {
    private struct NewApp: Decodable {
        var name: String
        var url: String?
        var branch: String?
    }

    static let appRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/apps", access: .known, summary: "All apps, and what runs where",
            answer: "[AppSummary]"
        ) {
            try .value(try await $0.services.summaries($0.context))
        },
        APIRoute(
            method: .post, path: "/apps", access: .right(.configure, .server), action: "app.add",
            summary: "Adds an app with a target in every environment",
            body: [
                .init(name: "name", text: "Letters, digits, '.', '_', '-'.", isRequired: true),
                .init(name: "url", text: "A git URL to poll; without it, push to /git/<name>.git."),
                .init(name: "branch", text: "The branch whose commits are built; main without it."),
            ], status: .created, answer: "App"
        ) { call in
            let new = try await call.body(NewApp.self)
            call.context.note.set { $0.app = new.name }
            let app = try await call.services.delivery.addApp(
                name: new.name, source: new.url.map { .remote(url: $0) } ?? .hosted, branch: new.branch ?? "main")
            call.context.note.added(app)
            return try .value(app, .created)
        },
        APIRoute(method: .get, path: "/apps/{app}", access: .right(.read, .app), summary: "An app", answer: "App") {
            try .value(try await $0.app())
        },
        APIRoute(
            method: .delete, path: "/apps/{app}", access: .right(.configure, .app), action: "app.remove",
            summary: "Removes an app; what it runs stays up", status: .noContent,
            answer: ""
        ) { call in
            try await call.services.removeApp(call.context)
            return .nothing
        },
        APIRoute(
            method: .post, path: "/apps/{app}/refresh", access: .right(.deploy, .app), action: "app.refresh",
            summary: "Looks for new commits now", answer: "App"
        ) { call in
            try await call.services.delivery.refresh(try await call.app())
            return try .value(try await call.app())
        },
        APIRoute(
            method: .get, path: "/apps/{app}/commits", access: .right(.read, .app),
            summary: "Commits of the branch, newest first", query: paging,
            answer: "Page of CommitRow"
        ) { call in
            let (rows, cursor) = try await call.services.delivery.commits(
                of: try await call.app(), before: try call.number("before").map(Int64.init), limit: try call.limit())
            return try .value(Page(rows: rows, cursor: cursor))
        },
        APIRoute(
            method: .post, path: "/apps/{app}/commits/{sha}/builds", access: .right(.deploy, .app),
            action: "build.start", summary: "Builds a commit, once more where it was",
            status: .accepted, answer: "Build"
        ) { call in
            try .value(try await call.services.startBuild(call.context), .accepted)
        },
    ]
}
