public import Model

/// Where services get the values of their secrets from, and what must not be seen in their output.
public struct SecretSource: Sendable {
    /// The secrets of a service in an environment.
    public var given: @Sendable (ServiceSecrets, Environment) async throws -> GivenSecrets
    /// Every value that may show up in an environment's containers.
    public var values: @Sendable (Environment) async throws -> [String]

    public init(
        given: @escaping @Sendable (ServiceSecrets, Environment) async throws -> GivenSecrets,
        values: @escaping @Sendable (Environment) async throws -> [String]
    ) {
        self.given = given
        self.values = values
    }

    /// There are no secrets.
    public static let none = SecretSource(given: { _, _ in GivenSecrets() }, values: { _ in [] })
}
