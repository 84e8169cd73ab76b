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
        APIRoute(method: .get, path: "/apps", summary: "All apps, and what runs where", answer: "[AppSummary]") {
            try .value(try await $0.services.delivery.apps())
        },
        APIRoute(
            method: .post, path: "/apps", summary: "Adds an app with a target in every environment",
            body: [
                .init(name: "name", text: "Letters, digits, '.', '_', '-'.", isRequired: true),
                .init(name: "url", text: "A git URL to poll; without it, push to /git/<name>.git."),
                .init(name: "branch", text: "The branch whose commits are built; main without it."),
            ], status: .created, answer: "App"
        ) { call in
            let new = try await call.body(NewApp.self)
            let app = try await call.services.delivery.addApp(
                name: new.name, source: new.url.map { .remote(url: $0) } ?? .hosted, branch: new.branch ?? "main")
            return try .value(app, .created)
        },
        APIRoute(method: .get, path: "/apps/{app}", summary: "An app", answer: "App") {
            try .value(try await $0.app())
        },
        APIRoute(
            method: .delete, path: "/apps/{app}", summary: "Removes an app; what it runs stays up", status: .noContent,
            answer: ""
        ) { call in
            try await call.services.delivery.removeApp(named: try call.path("app"))
            return .nothing
        },
        APIRoute(
            method: .post, path: "/apps/{app}/refresh", summary: "Looks for new commits now", answer: "App"
        ) { call in
            try await call.services.delivery.refresh(try await call.app())
            return try .value(try await call.app())
        },
        APIRoute(
            method: .get, path: "/apps/{app}/commits", summary: "Commits of the branch, newest first", query: paging,
            answer: "Page of CommitRow"
        ) { call in
            let (rows, cursor) = try await call.services.delivery.commits(
                of: try await call.app(), before: try call.number("before").map(Int64.init), limit: try call.limit())
            return try .value(Page(rows: rows, cursor: cursor))
        },
        APIRoute(
            method: .post, path: "/apps/{app}/commits/{sha}/builds", summary: "Builds a commit, once more where it was",
            status: .accepted, answer: "Build"
        ) { call in
            let build = try await call.services.delivery.startBuild(
                of: try await call.app(), sha: try call.context.sha())
            return try .value(build, .accepted)
        },
    ]
}
