import Access
import Delivery
import Foundation
import HTTPTypes
import Hummingbird
import Model

/// The pages: each asks for its values and hands them to a pure function.
struct PageRoutes: Sendable {
    let services: WebServices

    private static let pageSize = 50

    var routes: [Route] {
        let pages: [Route] = [
            .get("/", .known) { _, context in
                .page(AppsPage(apps: try await services.summaries(context)).render(try await services.page(context)))
            },
            .get("/apps", .known) { _, _ in .seeOther("/") },
            .get("/apps/new", .right(.configure, .server)) { _, context in
                .page(NewAppPage().render(try await services.page(context)))
            },
            .get("/apps/{app}", .right(.read, .app)) { try await app($0, $1) },
            .get("/targets/{app}/{environment}", .right(.read, .target)) { try await target($0, $1) },
            .get("/targets/{app}/{environment}/plan", .right(.read, .target)) { try await plan($0, $1) },
            .get("/targets/{app}/{environment}/deploys", .right(.read, .target)) { try await deploys($0, $1) },
            .get("/builds/{id}", .right(.read, .build)) { try await build($0, $1) },
            .get("/deploys/{id}", .right(.read, .deploy)) { try await deploy($0, $1) },
        ]
        let owners = [("builds", RouteAccess.right(.read, .build)), ("deploys", .right(.read, .deploy))]
        return pages
            + owners.flatMap { owner, access -> [Route] in
                [
                    .get("/\(owner)/{id}/steps/{step}/log", access) { try await log(owner, $0, $1) },
                    .get("/\(owner)/{id}/steps/{step}/log.txt", access) { _, context in
                        let log = try await LiveRoutes.log(services, owner, context)
                        return try await log.file(isOver: log.step.state.isFinal)
                    },
                ]
            }
    }

    private func app(_ request: Request, _ context: WebContext) async throws -> Response {
        let name = try context.parameters.require("app")
        let app = try await services.delivery.app(named: name)
        let (rows, cursor) = try await services.delivery.commits(
            of: app, before: request.number("before"), limit: Self.pageSize)
        let targets = try await services.summary(of: app, context).targets
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
        let all = view.image == nil ? [] : try await services.delivery.targets(of: view.app)
        let targets = all.filter { context.may(.deploy, $0.resource) }
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
