import Access
import Delivery
import HTTPTypes
import Model
import SecretStore
import Stacks

extension API {
    private struct NewValue: Decodable {
        var value: String
        var kind: Secret.Kind?
    }

    private static let bounds: [APIRoute.Field] = [
        .init(name: "app", text: "Of this app alone; all apps without it."),
        .init(name: "environment", text: "In this environment alone; all, and the tests, without it."),
        .init(name: "context", text: "In this context, which an app's slipway.yml must list."),
    ]

    static let secretRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/secrets", summary: "Names and places of secrets; never a value", query: bounds,
            answer: "[Secret]"
        ) { call in
            let environments = try await call.services.stacks.environments()
            let hidden = Set(environments.filter { (try? call.check($0.id)) == nil }.map(\.name))
            let bounds = SecretPlace(
                name: "", app: call.query("app"), environment: await call.environmentName,
                context: call.query("context"))
            return try .value(
                try await call.services.delivery.secrets.list().filter { secret in
                    let place = secret.place
                    return (bounds.app == nil || bounds.app == place.app)
                        && (bounds.environment == nil || bounds.environment == place.environment)
                        && (bounds.context == nil || bounds.context == place.context)
                        && !(place.environment.map(hidden.contains) ?? false)
                })
        },
        APIRoute(
            method: .put, path: "/secrets/{name}", summary: "Sets a secret, which can't be read back", query: bounds,
            body: [
                .init(name: "value", text: "Text of at most 64 KB.", isRequired: true),
                .init(name: "kind", text: "variable (without it) or file."),
            ], answer: "Secret"
        ) { call in
            let new = try await call.body(NewValue.self)
            let place = try await call.services.secretPlace(
                try call.path("name"), app: call.query("app"), environment: call.query("environment"),
                context: call.query("context"))
            return try .value(
                try await call.services.delivery.secrets.set(
                    place, to: new.value, kind: new.kind ?? .variable, by: call.actor.name))
        },
        APIRoute(
            method: .delete, path: "/secrets/{name}", summary: "Removes a secret", query: bounds, status: .noContent,
            answer: ""
        ) { call in
            var place = SecretPlace(
                name: try call.path("name"), app: call.query("app"), environment: call.query("environment"),
                context: call.query("context"))
            place.environment = await call.environmentName
            try await call.services.delivery.secrets.remove(place)
            return .nothing
        },
        APIRoute(
            method: .post, path: "/secrets/rotate-key", summary: "Seals all secrets with a new key",
            answer: "Rotation"
        ) { call in try .value(try await call.services.delivery.secrets.rotateKey()) },
    ]
}

extension APICall {
    /// The environment of the query by its own name; as it is given where it is gone.
    fileprivate var environmentName: String? {
        get async {
            guard let name = query("environment") else { return nil }
            return (try? await services.stacks.environment(named: name).name) ?? name
        }
    }
}

extension WebServices {
    /// The place of a secret with its bounds by their own names. Throws `.notFound` for an app or environment that there
    /// isn't.
    func secretPlace(
        _ name: String, app: String?, environment: String?, context: String?
    ) async throws -> SecretPlace {
        var place = SecretPlace(name: name)
        if let app, !app.isEmpty { place.app = try await delivery.app(named: app).name }
        if let environment, !environment.isEmpty {
            place.environment = try await stacks.environment(named: environment).name
        }
        if let context, !context.isEmpty { place.context = context }
        return place
    }
}
