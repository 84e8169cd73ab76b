import Delivery
import Foundation
import HTTPTypes
import Hummingbird
import Model

/// The pages: each asks for its values and hands them to a pure function.
struct PageRoutes: Sendable {
    let services: WebServices

    private static let pageSize = 50

    func add(to router: Router<WebContext>) {
        router.get("/") { _, context in
            Response.page(AppsPage(apps: try await services.delivery.apps()).render(try await services.page(context)))
        }
        router.get("/apps") { _, _ in Response.seeOther("/") }
        router.get("/apps/new") { _, context in Response.page(NewAppPage().render(try await services.page(context))) }
        router.get("/apps/:app") { request, context in try await app(request, context) }
        router.get("/targets/:app/:environment") { request, context in try await target(request, context) }
        router.get("/targets/:app/:environment/plan") { request, context in try await plan(request, context) }
        router.get("/targets/:app/:environment/deploys") { request, context in try await deploys(request, context) }
        router.get("/builds/:id") { request, context in try await build(request, context) }
        router.get("/deploys/:id") { request, context in try await deploy(request, context) }
        for owner in ["builds", "deploys"] {
            router.get("/\(owner)/:id/steps/:step/log") { request, context in
                try await log(owner, request, context)
            }
            router.get("/\(owner)/:id/steps/:step/log.txt") { _, context in
                let log = try await LiveRoutes.log(services, owner, context)
                return try await log.file(isOver: log.step.state.isFinal)
            }
        }
    }

    private func app(_ request: Request, _ context: WebContext) async throws -> Response {
        let name = try context.parameters.require("app")
        let app = try await services.delivery.app(named: name)
        let (rows, cursor) = try await services.delivery.commits(
            of: app, before: request.number("before"), limit: Self.pageSize)
        let targets = try await services.delivery.apps().first { $0.app.id == app.id }?.targets ?? []
        let page = AppPage(app: app, targets: targets, commits: rows, cursor: cursor)
        return Response.page(page.render(try await services.page(context)))
    }

    private func target(_ context: WebContext) async throws -> Target {
        try await services.delivery.target(
            app: try context.parameters.require("app"), environment: try context.parameters.require("environment"))
    }

    private func target(_ request: Request, _ context: WebContext) async throws -> Response {
        // The context first: what happens while the page is put together is then told by the live stream.
        let page = try await services.page(context)
        let view = try await services.delivery.targetView(
            try await target(context), before: request.number("before"), limit: Self.pageSize)
        return Response.page(TargetPage(view: view).render(page))
    }

    private func plan(_ request: Request, _ context: WebContext) async throws -> Response {
        guard let revision = request.uri.queryParameters["revision"].map(String.init), !revision.isEmpty else {
            throw Failure(.usage, "The address lacks ?revision=", hint: "Press Deploy beside a commit.")
        }
        let plan = try await services.delivery.plan(try await target(context), revision: revision)
        let page = PlanPage(plan: plan, idempotencyKey: UUID().uuidString)
        return Response.page(page.render(try await services.page(context)))
    }

    private func deploys(_ request: Request, _ context: WebContext) async throws -> Response {
        let page = try await services.page(context)
        let target = try await target(context)
        let rows = try await services.delivery.deploys(
            of: target, before: request.number("before"), limit: Self.pageSize + 1)
        let shown = Array(rows.prefix(Self.pageSize))
        return Response.page(
            DeploysPage(
                target: target, rows: shown, cursor: rows.count > shown.count ? shown.last?.deploy.id : nil
            ).render(page))
    }

    private func build(_ request: Request, _ context: WebContext) async throws -> Response {
        let page = try await services.page(context)
        let view = try await services.delivery.buildView(try context.parameters.require("id", as: Int64.self))
        let targets = view.image == nil ? [] : try await services.delivery.targets(of: view.app)
        return Response.page(
            BuildPage(view: view, logs: try await logs(of: view.steps, request), targets: targets).render(page))
    }

    private func deploy(_ request: Request, _ context: WebContext) async throws -> Response {
        let page = try await services.page(context)
        let view = try await services.delivery.deployView(try context.parameters.require("id", as: Int64.self))
        return Response.page(DeployPage(view: view, logs: try await logs(of: view.steps, request)).render(page))
    }

    /// Logs of the steps that are open from the start; a page that only looks again has them already.
    private func logs(of steps: [Step], _ request: Request) async throws -> [Int: LogBox] {
        guard request.headers[.fragment] == nil else { return [:] }
        var logs: [Int: LogBox] = [:]
        for step in steps where StepList.isOpen(step, of: steps) {
            logs[step.index] = try await LogStream(services: services, step: step).box(from: nil)
        }
        return logs
    }

    private func log(_ owner: String, _ request: Request, _ context: WebContext) async throws -> Response {
        let page = try await services.page(context)
        let log = try await LiveRoutes.log(services, owner, context)
        let id = try context.parameters.require("id", as: Int64.self)
        let box = try await log.box(from: request.number("from").map(Int.init), isFull: true)
        let parent = owner == "builds" ? ("Build #\(id)", "/builds/\(id)") : ("Deploy #\(id)", "/deploys/\(id)")
        return Response.page(LogPage(title: log.step.name, parent: parent, log: box).render(page))
    }
}

extension Request {
    /// A number in the query.
    func number(_ name: String) -> Int64? { uri.queryParameters[Substring(name)].flatMap { Int64($0) } }
}
