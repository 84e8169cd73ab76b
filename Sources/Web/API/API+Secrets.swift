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
            method: .get, path: "/secrets", access: .known,
            summary: "Names and places of secrets that one may see; never a value", query: bounds, answer: "[Secret]"
        ) { call in
            var bounds = call.context.secretBounds(call.request)
            if let name = bounds.environment {
                bounds.environment = (try? await call.services.stacks.environment(named: name).name) ?? name
            }
            let resources = try await call.services.secretResources()
            return try .value(
                try await call.services.delivery.secrets.list().filter { secret in
                    let place = secret.place
                    guard let resource = resources.resource(of: place), call.context.may(.read, resource) else {
                        return false
                    }
                    return (bounds.app == nil || bounds.app == place.app)
                        && (bounds.environment == nil || bounds.environment == place.environment)
                        && (bounds.context == nil || bounds.context == place.context)
                })
        },
        APIRoute(
            method: .put, path: "/secrets/{name}", access: .right(.secrets, .secret), action: "secret.set",
            summary: "Sets a secret, which can't be read back", query: bounds,
            body: [
                .init(name: "value", text: "Text of at most 64 KB.", isRequired: true),
                .init(name: "kind", text: "variable (without it) or file."),
            ], answer: "Secret"
        ) { call in
            let place = try call.secretPlace()
            let new = try await call.body(NewValue.self)
            let secret = try await call.services.delivery.secrets.set(
                place, to: new.value, kind: new.kind ?? .variable, by: call.actorName)
            call.context.note.added(secret)
            return try .value(secret)
        },
        APIRoute(
            method: .delete, path: "/secrets/{name}", access: .right(.secrets, .secret), action: "secret.remove",
            summary: "Removes a secret", query: bounds, status: .noContent, answer: ""
        ) { call in
            let place = try call.secretPlace()
            try await call.services.delivery.secrets.remove(place)
            call.context.note.removed(place)
            return .nothing
        },
        APIRoute(
            method: .post, path: "/secrets/rotate-key", access: .right(.administer, .server),
            action: "secret.rotate-key", summary: "Seals all secrets with a new key", answer: "Rotation"
        ) { call in try .value(try await call.services.delivery.secrets.rotateKey()) },
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
