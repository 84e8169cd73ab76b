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

    func add(to router: Router<WebContext>) {
        for path in ["/secrets", "/apps/:app/secrets", "/environments/:environment/secrets"] {
            router.get(RouterPath(path)) { _, context in
                Response.page(try await page(try await scope(context)).render(try await services.page(context)))
            }
            router.post(RouterPath(path)) { _, context in try await set(context) }
            router.post(RouterPath("\(path)/remove")) { _, context in try await remove(context) }
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

    private func page(_ scope: SecretsPage.Scope) async throws -> SecretsPage {
        SecretsPage(
            scope: scope, secrets: try await services.delivery.secrets.list(),
            apps: try await services.delivery.apps().map(\.app.name),
            environments: try await services.stacks.environments().map(\.name),
            missingKeys: try await services.delivery.secrets.missingKeys())
    }

    /// The place that a form names, within what the page is about.
    private func place(_ form: [String: String], _ scope: SecretsPage.Scope) -> SecretPlace {
        let field = { (name: String) -> String? in
            let text = (form[name] ?? "").trimmed
            return text.isEmpty ? nil : text
        }
        var place = SecretPlace(
            name: field("name") ?? "", app: field("app"), environment: field("environment"), context: field("context"))
        switch scope {
        case .all: break
        case .app(let name): place.app = name
        case .environment(let name): place.environment = name
        }
        return place
    }

    private func set(_ context: WebContext) async throws -> Response {
        let (scope, form) = (try await scope(context), context.form)
        let typed = place(form, scope)
        do {
            let place = try await services.secretPlace(
                typed.name, app: typed.app, environment: typed.environment, context: typed.context)
            // Browsers send the ends of lines as mail does.
            let value = (form["value"] ?? "").replacing("\r\n", with: "\n")
            try await services.delivery.secrets.set(
                place, to: value, kind: form["kind"].flatMap(Secret.Kind.init) ?? .variable,
                by: context.actor?.name ?? "")
            return .seeOther(scope.path)
        } catch let failure as Failure where failure.httpStatus < 500 {
            var page = try await page(scope)
            page.failure = failure
            page.typed = typed
            return .page(page.render(try await services.page(context)), status: .init(code: failure.httpStatus))
        }
    }

    private func remove(_ context: WebContext) async throws -> Response {
        let scope = try await scope(context)
        try await services.delivery.secrets.remove(place(context.form, scope))
        return .seeOther(scope.path)
    }
}
