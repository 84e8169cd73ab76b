import Model

extension ContainerPlan {
    /// The labels that say whose container it is: all under `dev.slipway.`.
    var identity: [String: String] { Self.identity(in: labels) }

    /// The id of a container that already has this plan's name, when it is this plan's; else throws `.conflict`.
    func adopting(_ existing: ObservedContainer) throws(Failure) -> String {
        let found = Self.identity(in: existing.labels)
        // Where nothing says whose it is, only the same image makes it the same container.
        if found == identity, !identity.isEmpty || existing.image == image { return existing.id }
        let differing = Set(found.keys).union(identity.keys).filter { found[$0] != identity[$0] }.sorted()
        throw Failure(
            .conflict, "The name \(name) belongs to another container (\(existing.id.prefix(12)))",
            hint: "Remove it with `docker rm -f \(name)`, or give the service another name.",
            cause: differing.map { key in
                "\(key) is \(found[key] ?? "absent") there and \(identity[key] ?? "absent") here"
            }.joined(separator: "; "))
    }

    private static func identity(in labels: [String: String]) -> [String: String] {
        labels.filter { $0.key.hasPrefix("dev.slipway.") }
    }
}
