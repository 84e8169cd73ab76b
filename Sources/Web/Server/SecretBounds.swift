import Access
import Delivery
import HTTPTypes
import Hummingbird
import Model
import SecretStore
import Stacks

/// What a request about a secret says that it is bound to. Rights are asked for it, and the handler takes it: both read
/// it here, so that they can't mean different things.
struct SecretBounds: Hashable, Sendable {
    var app: String?
    var environment: String?
    var context: String?
}

extension WebContext {
    /// The path first; what it leaves open is in the query of the API, and in the form of a page.
    func secretBounds(_ request: Request) -> SecretBounds {
        func field(_ name: String) -> String? {
            let text =
                request.isAPI
                ? request.uri.queryParameters[Substring(name)].map(String.init) ?? "" : (form[name] ?? "").trimmed
            return text.isEmpty ? nil : text
        }
        return SecretBounds(
            app: parameters.get("app") ?? field("app"),
            environment: parameters.get("environment") ?? field("environment"), context: field("context"))
    }
}

extension WebServices {
    /// The place of a secret with its bounds by their own names, as the gate has found them.
    func secretPlace(_ name: String, _ bounds: SecretBounds, _ context: WebContext) -> SecretPlace {
        SecretPlace(
            name: name, app: context.place.app, environment: context.place.environment, context: bounds.context)
    }

    /// The apps and environments that there are, by name.
    func secretResources() async throws -> SecretResources {
        SecretResources(
            apps: Dictionary(try await delivery.apps().map { ($0.name, $0.id) }) { first, _ in first },
            environments: Dictionary(try await stacks.environments().map { ($0.name, $0.id) }) { first, _ in first })
    }
}

/// The numbers of the apps and environments that secrets name.
struct SecretResources: Sendable {
    var apps: [String: Int64] = [:]
    var environments: [String: Int64] = [:]

    /// What a right on a secret of that app in that environment is a right on; nil where there is none of that name.
    func resource(app: String?, environment: String?) -> Resource? {
        var resource = Resource.server
        if let app {
            guard let id = apps[app] else { return nil }
            resource.appID = id
        }
        if let environment {
            guard let id = environments[environment] else { return nil }
            resource.environmentID = id
        }
        return resource
    }

    func resource(of place: SecretPlace) -> Resource? { resource(app: place.app, environment: place.environment) }
}
