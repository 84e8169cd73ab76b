import Access
import Engines
import Foundation
import HTTPTypes
import Hummingbird
import Model
import Stacks

/// Environments with their containers, and what those print.
struct EnvironmentRoutes: Sendable {
    private static let tail = 500

    let services: WebServices

    var routes: [Route] {
        let path = "/environments/{environment}/containers/{container}/logs"
        return [
            .get("/environments", .known) { _, context in
                let environments = try await services.environments(context)
                return .page(EnvironmentsPage(environments: environments).render(try await services.page(context)))
            },
            .post("/environments", .right(.configure, .server), "environment.add") { _, context in
                try await add(context)
            },
            .get("/environments/{environment}", .right(.read, .environment)) { _, context in
                try await page(context)
            },
            .post("/environments/{environment}/engine-access", .right(.configure, .server), "environment.engine-access")
            {
                _, context in try await setEngineAccess(context)
            },
            .get(path, .right(.read, .environment)) { _, context in try await logPage(context) },
            .get("\(path).txt", .right(.read, .environment)) { request, context in
                let chunks = try await logs(context, follow: false)
                return try .stream("text/plain; charset=utf-8", of: request, context) { writer in
                    for try await chunk in chunks { try await writer.write(.init(bytes: chunk)) }
                    return nil
                }
            },
            .get("\(path)/live", .right(.read, .environment)) { request, context in
                try .following(try await logs(context, follow: true), request, context)
            },
        ]
    }

    private func page(_ context: WebContext) async throws -> Response {
        let page = try await services.page(context)
        let environment = try await services.environment(context)
        var view = EnvironmentPage(environment: environment, stacks: [])
        do {
            view.stacks = try await services.stacks.stacks(in: environment)
            view.usage = await services.stacks.usage(in: environment)
            view.nameServer = try await services.stacks.nameServerView(in: environment)
        } catch let failure as Failure {
            view.failure = failure
        }
        return .page(view.render(page))
    }

    private func add(_ context: WebContext) async throws -> Response {
        let form = context.form
        context.note.set { $0.environment = (form["name"] ?? "").trimmed }
        do {
            let aliases = (form["aliases"] ?? "").split(separator: ",").map { String($0).trimmed }
            let environment = try await services.stacks.addEnvironment(
                name: (form["name"] ?? "").trimmed, aliases: aliases.filter { !$0.isEmpty },
                socket: (form["socket"] ?? "").trimmed)
            context.note.added(environment)
            return .seeOther("/environments/\(environment.name)")
        } catch let failure as Failure where failure.httpStatus < 500 {
            let page = EnvironmentsPage(environments: try await services.environments(context), failure: failure)
            return .page(page.render(try await services.page(context)), status: .init(code: failure.httpStatus))
        }
    }

    private func setEngineAccess(_ context: WebContext) async throws -> Response {
        let before = try await services.environment(context)
        let after = try await services.stacks.setScriptsUseEngine(context.form["scripts"] == "yes", in: before)
        context.note.change(from: before, to: after)
        return .seeOther("/environments/\(after.name)")
    }

    private func logs(
        _ context: WebContext, follow: Bool
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        try await services.stacks.logs(
            container: try context.parameters.require("container"), in: try await services.environment(context),
            follow: follow,
            tail: Self.tail)
    }

    private func logPage(_ context: WebContext) async throws -> Response {
        let page = try await services.page(context)
        let environment = try await services.environment(context)
        let id = try context.parameters.require("container")
        let views = try await services.stacks.stacks(in: environment).flatMap(\.services).flatMap(\.containers)
        guard let view = views.first(where: { $0.id == id || $0.name == id }) else {
            throw Failure(
                .notFound, "There is no container \(id) in \(environment.name)",
                hint: "It may have been replaced: the environment's page lists what runs.")
        }
        var bytes: [UInt8] = []
        for try await chunk in try await logs(context, follow: false) { bytes += chunk }
        let path = "/environments/\(environment.name)/containers/\(view.id)/logs"
        var log = LogBox(
            path: path, fragment: LogFragment(bytes, from: LogCursor(offset: 0), ended: true),
            isComplete: view.state.rawValue != "running", isFull: true, emptyText: "It has printed nothing")
        log.file = "\(view.name).log"
        return .page(
            LogPage(
                title: view.name, parent: (environment.name, "/environments/\(environment.name)"), log: log,
                top: ("Environments", "/environments")
            ).render(page))
    }
}
