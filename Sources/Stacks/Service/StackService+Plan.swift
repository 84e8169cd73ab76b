public import Model

extension StackService {
    /// What ``up(_:in:key:pin:admit:)`` would do with the same request: with the same checks, the same decisions, and
    /// nothing written anywhere.
    public func plan(
        _ request: UpRequest, in environment: Environment, pin: @Sendable (ServiceSpec) async throws -> String?
    ) async throws -> StackPlan {
        let chosen = try await prepare(request, environment, pin)
        let now = try await situations(environment, request.stack)
        let running = try await stacks(in: environment).first { $0.name == request.stack }?.services ?? []
        let views = Dictionary(running.map { ($0.name, $0) }) { first, _ in first }
        var services = try chosen.map { spec in
            let situation = now[spec.name] ?? ServiceSituation()
            return Stacks.plan(try decision(on: spec, request, situation), on: spec, situation, views[spec.name])
        }
        services += try request.removals(among: now.keys).map { name in
            ServicePlan(
                service: name, action: .removed, message: "\(name): removing it, the file does not name it",
                replaced: views[name]?.replacements.map(\.name) ?? [])
        }
        return StackPlan(stack: request.stack, services: services)
    }
}

extension UpRequest {
    /// Services that are there and shall go.
    func removals(among names: some Sequence<String>) throws(Failure) -> [String] {
        let (removed, kept) = (Set(remove ?? []), Set(try spec.grouped().services.map(\.name)))
        return names.filter { prune ? !kept.contains($0) : removed.contains($0) }.sorted()
    }
}
