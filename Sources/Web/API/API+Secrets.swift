import Access
import Delivery
import HTTPTypes
import Model
import SecretStore
import Stacks

extension API {
    struct NewSecret: Decodable, Sendable {
        var value: String
        var kind: Secret.Kind?
    }

    private static let bounds: [APIRoute.Field] = [
        .text("app", "Of this app alone; all apps without it."),
        .text("environment", "In this environment alone; all, and the tests, without it."),
        .text("context", "In this context, which an app's slipway.yml must list."),
    ]

    static let secretRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/secrets", access: .known,
            summary: "Names and places of secrets that one may see; never a value", query: bounds,
            answer: [Secret].self
        ) { call in
            var bounds = call.context.secretBounds(call.request)
            if let name = bounds.environment {
                bounds.environment = (try? await call.services.stacks.environment(named: name).name) ?? name
            }
            let resources = try await call.services.secretResources()
            return try await call.services.delivery.secrets.list().filter { secret in
                let place = secret.place
                guard let resource = resources.resource(of: place), call.context.may(.read, resource) else {
                    return false
                }
                return (bounds.app == nil || bounds.app == place.app)
                    && (bounds.environment == nil || bounds.environment == place.environment)
                    && (bounds.context == nil || bounds.context == place.context)
            }
        },
        APIRoute(
            method: .put, path: "/secrets/{name}", access: .right(.secrets, .secret), action: "secret.set",
            summary: "Sets a secret, which can't be read back", query: bounds,
            body: .of(
                NewSecret.self,
                [
                    .text("value", "Text of at most 64 KB.", longest: 65_536),
                    .text("kind", "variable without it.", values: Secret.Kind.allCases.map(\.rawValue)),
                ]), answer: Secret.self, problems: [.unavailable]
        ) { call in
            let place = try call.secretPlace()
            let new = try await call.body(NewSecret.self)
            let secret = try await call.services.delivery.secrets.set(
                place, to: new.value, kind: new.kind ?? .variable, by: call.actorName)
            call.context.note.added(secret)
            return secret
        },
        APIRoute(
            method: .delete, path: "/secrets/{name}", access: .right(.secrets, .secret), action: "secret.remove",
            summary: "Removes a secret", query: bounds
        ) { call in
            let place = try call.secretPlace()
            try await call.services.delivery.secrets.remove(place)
            call.context.note.removed(place)
        },
        APIRoute(
            method: .post, path: "/secrets/rotate-key", access: .right(.administer, .server),
            action: "secret.rotate-key", summary: "Seals all secrets with a new key",
            answer: SecretService.Rotation.self, problems: [.unavailable]
        ) { try await $0.services.delivery.secrets.rotateKey() },
    ]
}

extension APICall {
    /// The place of the secret that the path names; its name goes into the audit log's entry.
    fileprivate func secretPlace() throws -> SecretPlace {
        let name = try path("name")
        context.note.set { $0.subject = name }
        return services.secretPlace(name, context.secretBounds(request), context)
    }
}
