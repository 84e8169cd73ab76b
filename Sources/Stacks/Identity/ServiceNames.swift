import Model

/// Names between services. In the network of its stack a container is found as `service` and `service.stack`; in that of the
/// environment, which reaches across stacks, as `service.stack`. Links are names that one container has for others: the
/// engine looks them up each time, so that it matters not who comes first.
extension ServiceSpec {
    /// Links to services of the same stack, `name:alias`.
    func localLinks(in stack: String) -> [String] {
        linkTargets(in: stack).filter { $0.stack == stack && $0.alias != $0.service }
            .map { "\($0.service):\($0.alias)" }
    }

    /// Links to services of other stacks, `name.stack:alias`.
    func farLinks(from stack: String) -> [String] {
        linkTargets(in: stack).filter { $0.stack != stack }.map { "\($0.service).\($0.stack):\($0.alias)" }
    }

    /// External links that name no service of a stack.
    var strangeLinks: [String] { externalLinks.filter { !$0.prefix { $0 != ":" }.contains("/") } }
}

extension ContainerIdentity {
    /// The network that all stacks of an environment share; two Slipways on one engine have two. Its name is none that a
    /// stack's network can have.
    static func sharedNetwork(of environment: String, instance: String) -> String {
        "slipway_\(environment)_\(instance)"
    }
}
