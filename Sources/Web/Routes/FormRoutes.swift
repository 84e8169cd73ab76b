import Access
import Delivery
import HTTPTypes
import Hummingbird
import Model

/// What the buttons of the pages do: change something, then show the page that tells of it.
struct FormRoutes: Sendable {
    let services: WebServices

    var routes: [Route] {
        [
            .post("/apps", .right(.configure, .server), "app.add") { _, context in try await addApp(context) },
            .post("/apps/{app}/refresh", .right(.deploy, .app), "app.refresh") { _, context in
                let app = try await services.delivery.app(named: try context.parameters.require("app"))
                try await services.delivery.refresh(app)
                return .seeOther("/apps/\(app.name)")
            },
            .post("/apps/{app}/remove", .right(.configure, .app), "app.remove") { _, context in
                try await services.removeApp(context)
                return .seeOther("/")
            },
            .post("/apps/{app}/commits/{sha}/builds", .right(.deploy, .app), "build.start") { _, context in
                .seeOther("/builds/\(try await services.startBuild(context).id)")
            },
            .post("/builds/{id}/cancel", .right(.deploy, .build), "build.cancel") { _, context in
                let id = try context.parameters.id()
                try await services.delivery.cancelBuild(id)
                return .seeOther("/builds/\(id)")
            },
            .post("/targets/{app}/{environment}/deploys", .right(.deploy, .target), "deploy.start") { _, context in
                try await deploy(context)
            },
            .post("/deploys/{id}/abort", .right(.deploy, .deploy), "deploy.abort") { _, context in
                let (id, isRollback) = (try context.parameters.id(), context.form["rollback"] == "1")
                context.note.added(["rollback": isRollback])
                try await services.delivery.abort(id, rollbackBy: isRollback ? context.actorName : nil)
                return .seeOther("/deploys/\(id)")
            },
        ]
    }

    private func addApp(_ context: WebContext) async throws -> Response {
        let form = context.form
        let (name, url) = (form["name"] ?? "", (form["url"] ?? "").trimmed)
        let isRemote = form["source"] == "remote"
        context.note.set { $0.app = name.trimmed }
        do {
            if isRemote, url.isEmpty {
                throw Failure(.invalid, "The address of the repository is empty", hint: "https://…, ssh://… or a path")
            }
            let branch = (form["branch"] ?? "").trimmed
            let app = try await services.delivery.addApp(
                name: name.trimmed, source: isRemote ? .remote(url: url) : .hosted,
                branch: branch.isEmpty ? "main" : branch)
            context.note.added(app)
            return Response.seeOther("/apps/\(app.name)")
        } catch let failure as Failure where failure.httpStatus < 500 {
            let page = NewAppPage(
                name: name, url: isRemote ? url : "", branch: form["branch"] ?? "main", failure: failure)
            return Response.page(page.render(try await services.page(context)), status: .init(code: failure.httpStatus))
        }
    }

    private func deploy(_ context: WebContext) async throws -> Response {
        let target = try await services.delivery.target(
            app: try context.parameters.require("app"), environment: try context.parameters.require("environment"))
        let deploy = try await services.delivery.deploy(
            target, revision: context.form["revision"] ?? "", by: context.actorName,
            idempotencyKey: context.form["key"])
        context.note.started(deploy)
        return Response.seeOther("/deploys/\(deploy.id)")
    }
}

/// What pages and API do alike.
extension WebServices {
    /// Removes the app that the path names, and what was granted on it.
    func removeApp(_ context: WebContext) async throws {
        let app = try await delivery.app(named: try context.parameters.require("app"))
        try await delivery.removeApp(named: app.name)
        try await access.forget(app: app.id)
        context.note.removed(app)
    }

    /// Builds the commit that the path names.
    func startBuild(_ context: WebContext) async throws -> Build {
        let app = try await delivery.app(named: try context.parameters.require("app"))
        let build = try await delivery.startBuild(of: app, sha: try context.sha())
        context.note.set { $0.subject = "\(build.id)" }
        context.note.added(["sha": build.sha.description])
        return build
    }
}

extension AuditNote {
    func started(_ deploy: Deploy) {
        set { $0.subject = "\(deploy.id)" }
        added(["kind": deploy.kind.rawValue, "sha": deploy.sha.description])
    }
}

extension WebContext {
    /// The commit that the path names.
    func sha() throws -> SHA {
        let text = try parameters.require("sha")
        guard let sha = SHA(text) else {
            throw Failure(.usage, "\(text) is not a commit's full SHA", hint: "40 hexadecimal digits")
        }
        return sha
    }
}

extension String {
    /// Without spaces at its ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
