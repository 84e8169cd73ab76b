import Access
import Delivery
import HTTPTypes
import Model

extension API {
    struct NewApp: Decodable, Sendable {
        var name: String
        var url: String?
        var branch: String?
    }

    static let appRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/apps", access: .known, summary: "All apps, and what runs where",
            answer: [AppSummary].self
        ) {
            try await $0.services.summaries($0.context)
        },
        APIRoute(
            method: .post, path: "/apps", access: .right(.configure, .server), action: "app.add",
            summary: "Adds an app with a target in every environment",
            body: .of(
                NewApp.self,
                [
                    .text(
                        "name", "Up to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit.",
                        pattern: "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
                    .text("url", "A git URL to poll; without it, push to /git/<name>.git.", longest: 2000),
                    .text("branch", "The branch whose commits are built; main without it.", longest: 200),
                ]), status: .created, answer: App.self
        ) { call in
            let new = try await call.body(NewApp.self)
            call.context.note.set { $0.app = new.name }
            let app = try await call.services.delivery.addApp(
                name: new.name, source: new.url.map { .remote(url: $0) } ?? .hosted, branch: new.branch ?? "main")
            call.context.note.added(app)
            return app
        },
        APIRoute(method: .get, path: "/apps/{app}", access: .right(.read, .app), summary: "An app", answer: App.self) {
            try await $0.app()
        },
        APIRoute(
            method: .delete, path: "/apps/{app}", access: .right(.configure, .app), action: "app.remove",
            summary: "Removes an app; what it runs stays up"
        ) { try await $0.services.removeApp($0.context) },
        APIRoute(
            method: .post, path: "/apps/{app}/refresh", access: .right(.deploy, .app), action: "app.refresh",
            summary: "Looks for new commits now", answer: App.self, problems: [.unavailable]
        ) { call in
            try await call.services.delivery.refresh(try await call.app())
            return try await call.app()
        },
        APIRoute(
            method: .get, path: "/apps/{app}/commits", access: .right(.read, .app),
            summary: "Commits of the branch, newest first", query: paging,
            answer: Page<CommitRow>.self
        ) { call in
            let (rows, cursor) = try await call.services.delivery.commits(
                of: try await call.app(), before: try call.number("before").map(Int64.init), limit: try call.limit())
            return Page(rows: rows, cursor: cursor)
        },
        APIRoute(
            method: .post, path: "/apps/{app}/commits/{sha}/builds", access: .right(.deploy, .app),
            action: "build.start", summary: "Builds a commit, once more where it was",
            status: .accepted, answer: Build.self
        ) { try await $0.services.startBuild($0.context) },
    ]
}
