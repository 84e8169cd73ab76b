import Model
public import SecretStore
public import Stacks

extension SecretSource {
    /// What stacks are given of the secrets that people set.
    public init(_ secrets: SecretService) {
        self.init(
            given: { used, environment in
                try await secrets.given(
                    for: SecretScope(app: used.app, environment: environment.name, contexts: used.contexts))
            },
            values: { try await secrets.values(in: $0.name) })
    }
}
