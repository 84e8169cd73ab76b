import Access
import Delivery
import HTTPTypes
import Hummingbird
import Model

/// What the buttons of the pages do: change something, then show the page that tells of it.
struct FormRoutes: Sendable {
    let services: WebServices

    func add(to router: Router<WebContext>) {
        router.post("/apps") { _, context in try await addApp(context) }
        router.post("/apps/:app/refresh") { _, context in
            let app = try await services.delivery.app(named: try context.parameters.require("app"))
            try await services.delivery.refresh(app)
            return Response.seeOther("/apps/\(app.name)")
        }
        router.post("/apps/:app/remove") { _, context in
            try await services.delivery.removeApp(named: try context.parameters.require("app"))
            return Response.seeOther("/")
        }
        router.post("/apps/:app/commits/:sha/builds") { _, context in
            let app = try await services.delivery.app(named: try context.parameters.require("app"))
            let build = try await services.delivery.startBuild(of: app, sha: try context.sha())
            return Response.seeOther("/builds/\(build.id)")
        }
        router.post("/builds/:id/cancel") { _, context in
            let id = try context.parameters.require("id", as: Int64.self)
            try await services.delivery.cancelBuild(id)
            return Response.seeOther("/builds/\(id)")
        }
        router.post("/targets/:app/:environment/deploys") { _, context in try await deploy(context) }
        router.post("/deploys/:id/abort") { _, context in
            let id = try context.parameters.require("id", as: Int64.self)
            let by = context.actor?.name ?? ""
            try await services.delivery.abort(id, rollbackBy: context.form["rollback"] == "1" ? by : nil)
            return Response.seeOther("/deploys/\(id)")
        }
    }

    private func addApp(_ context: WebContext) async throws -> Response {
        let form = context.form
        let (name, url) = (form["name"] ?? "", (form["url"] ?? "").trimmed)
        let isRemote = form["source"] == "remote"
        do {
            if isRemote, url.isEmpty {
                throw Failure(.invalid, "The address of the repository is empty", hint: "https://…, ssh://… or a path")
            }
            let branch = (form["branch"] ?? "").trimmed
            let app = try await services.delivery.addApp(
                name: name.trimmed, source: isRemote ? .remote(url: url) : .hosted,
                branch: branch.isEmpty ? "main" : branch)
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
            target, revision: context.form["revision"] ?? "", by: context.actor?.name ?? "",
            idempotencyKey: context.form["key"])
        return Response.seeOther("/deploys/\(deploy.id)")
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
