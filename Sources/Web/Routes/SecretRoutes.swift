import Access
import Delivery
import HTTPTypes
import Hummingbird
import Model
import SecretStore
import Stacks

/// The pages of secrets: what there is, and forms that set and remove.
struct SecretRoutes: Sendable {
    let services: WebServices

    var routes: [Route] {
        let pages: [(String, RouteAccess)] = [
            ("/secrets", .known), ("/apps/{app}/secrets", .right(.read, .app)),
            ("/environments/{environment}/secrets", .right(.read, .environment)),
        ]
        return pages.flatMap { path, access -> [Route] in
            [
                .get(path, access) { _, context in
                    // The context first: what is set while the page is put together is then told by the live stream.
                    let frame = try await services.page(context)
                    return .page(try await page(try await scope(context), context).render(frame))
                },
                .post(path, .right(.secrets, .secret), "secret.set") { try await set($0, $1) },
                .post("\(path)/remove", .right(.secrets, .secret), "secret.remove") { try await remove($0, $1) },
            ]
        }
    }

    /// Whose secrets the path is about. Throws `.notFound` for an app or an environment that there isn't.
    private func scope(_ context: WebContext) async throws -> SecretsPage.Scope {
        if let name = context.parameters.get("app") { return .app(try await services.delivery.app(named: name).name) }
        if let name = context.parameters.get("environment") {
            return .environment(try await services.stacks.environment(named: name).name)
        }
        return .all
    }

    private func page(_ scope: SecretsPage.Scope, _ context: WebContext) async throws -> SecretsPage {
        let resources = try await services.secretResources()
        return SecretsPage(
            scope: scope,
            secrets: try await services.delivery.secrets.list().filter { secret in
                resources.resource(of: secret.place).map { context.may(.read, $0) } ?? false
            },
            apps: try await services.apps(context).map(\.name),
            environments: try await services.environments(context).map(\.name), resources: resources,
            missingKeys: try await services.delivery.secrets.missingKeys())
    }

    private func set(_ request: Request, _ context: WebContext) async throws -> Response {
        let (scope, form) = (try await scope(context), context.form)
        let place = place(request, context)
        do {
            // Browsers send the ends of lines as mail does.
            let value = (form["value"] ?? "").replacing("\r\n", with: "\n")
            let secret = try await services.delivery.secrets.set(
                place, to: value, kind: form["kind"].flatMap(Secret.Kind.init) ?? .variable, by: context.actorName)
            context.note.added(secret)
            return .seeOther(scope.path)
        } catch let failure as Failure where failure.httpStatus < 500 {
            var page = try await page(scope, context)
            page.failure = failure
            page.typed = place
            return .page(page.render(try await services.page(context)), status: .init(code: failure.httpStatus))
        }
    }

    private func remove(_ request: Request, _ context: WebContext) async throws -> Response {
        let scope = try await scope(context)
        let place = place(request, context)
        try await services.delivery.secrets.remove(place)
        context.note.removed(place)
        return .seeOther(scope.path)
    }

    /// The place of the secret that the form names; its name goes into the audit log's entry.
    private func place(_ request: Request, _ context: WebContext) -> SecretPlace {
        let name = (context.form["name"] ?? "").trimmed
        context.note.set { $0.subject = String(name.prefix(100)) }
        return services.secretPlace(name, context.secretBounds(request), context)
    }
}
