import Model

extension StackSpec {
    /// The services with their sidekicks beside them, which stand on their own no longer. One that was grouped already
    /// stays as it is. Throws `.invalid` where the services don't go together.
    func grouped() throws(Failure) -> StackSpec {
        var owners: [String: String] = [:]
        for service in services {
            for name in service.placement?.sidekicks ?? [] where service.sidekicks == nil {
                guard let sidekick = self[name] else {
                    throw Failure(
                        .invalid, "\(service.name): its sidekick \(name) is not in the files",
                        hint: "Services: \(services.map(\.name).filter { $0 != service.name }.joined(separator: ", "))."
                    )
                }
                if name == service.name || sidekick.placement?.sidekicks.isEmpty == false {
                    throw Failure(.invalid, "\(service.name): its sidekick \(name) can't have sidekicks itself")
                }
                if let other = owners.updateValue(service.name, forKey: name) {
                    throw Failure(
                        .invalid, "\(name) is a sidekick of \(other) and of \(service.name)",
                        hint: "It can stand beside one service only.")
                }
            }
        }
        var grouped = self
        grouped.services = services.filter { owners[$0.name] == nil }
        for index in grouped.services.indices where grouped.services[index].sidekicks == nil {
            let names = grouped.services[index].placement?.sidekicks ?? []
            guard !names.isEmpty else { continue }
            grouped.services[index].sidekicks = names.compactMap { self[$0] }
        }
        return grouped
    }
}

extension UpRequest {
    /// The services that are meant, each with its sidekicks. Throws `.notFound` for a name that the files don't know,
    /// `.invalid` where there is nothing to do.
    func chosenServices() throws(Failure) -> [ServiceSpec] {
        let names = spec.services.flatMap(\.parts).map(\.name)
        for name in services where !names.contains(name) {
            throw Failure(
                .notFound, "The file has no service \(name)",
                hint: "Services: \(names.sorted().joined(separator: ", ")).")
        }
        let all = try spec.grouped().services
        let chosen = all.filter { services.isEmpty || services.contains($0.name) }
        if chosen.isEmpty, let name = services.first,
            let primary = all.first(where: { $0.part(name) != nil && $0.name != name })
        {
            throw Failure(
                .invalid, "\(name) is a sidekick of \(primary.name) and comes with it",
                hint: "Name \(primary.name).")
        }
        guard !chosen.isEmpty || prune || remove != nil else {
            throw Failure(.invalid, "The file has no service", hint: "Name at least one in docker-compose.yml.")
        }
        return chosen
    }
}
