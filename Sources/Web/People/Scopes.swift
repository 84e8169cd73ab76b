import Access
import Delivery
import Model
import Stacks

/// Scopes by the names of apps and environments.
extension WebServices {
    /// What the names mean. Throws `.notFound`, without a list of what there is, for what the caller may not see.
    func scope(app: String?, environment: String?, _ context: WebContext) async throws -> Scope {
        var scope = Scope()
        if let app, !app.isEmpty {
            guard let found = try await apps(context).first(where: { $0.name == app }) else {
                throw Failure(.notFound, "There is no app \(app)")
            }
            scope.appID = found.id
        }
        if let environment, !environment.isEmpty {
            let visible = try await environments(context)
            guard let found = visible.first(where: { ([$0.name] + $0.aliases).contains(environment) }) else {
                throw Failure(.notFound, "There is no environment \(environment)")
            }
            scope.environmentID = found.id
        }
        return scope
    }

    /// The names of what scopes mean.
    func names() async throws -> (@Sendable (Scope) -> (app: String?, environment: String?)) {
        let apps = Dictionary(try await delivery.apps().map { ($0.id, $0.name) }) { first, _ in first }
        let environments = Dictionary(try await stacks.environments().map { ($0.id, $0.name) }) { first, _ in first }
        return { scope in
            (
                scope.appID.map { apps[$0] ?? "app \($0)" },
                scope.environmentID.map { environments[$0] ?? "environment \($0)" }
            )
        }
    }
}
