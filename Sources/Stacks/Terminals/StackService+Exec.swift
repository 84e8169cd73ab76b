public import Engines
public import Model

extension StackService {
    /// Runs a command in a container, named by its name or id. Throws `.notFound` for one that isn't of this environment,
    /// `.conflict` for one that doesn't run, `.invalid` for a command that can't be one.
    public func exec(
        _ plan: ExecPlan, container name: String, in environment: Environment
    ) async throws -> (container: ObservedContainer, process: any ExecProcess) {
        guard let program = plan.command.first, !program.isEmpty else {
            throw Failure(.invalid, "No command is given", hint: "For example sh.")
        }
        let engine = try engineFor(environment)
        let ours = try await engine.containers(labels: labels(of: environment))
        guard let container = ours.first(where: { $0.id == name || $0.name == name }) else {
            throw Failure(
                .notFound, "There is no container \(name) in \(environment.name)",
                hint: "It may have been replaced: `slipway ps` lists what runs.")
        }
        guard container.state == .running else {
            throw Failure(
                .conflict, "\(container.name) doesn't run: it is \(container.state.rawValue)",
                hint: "Commands run in one that does.")
        }
        return (container, try await engine.exec(plan, in: container.id))
    }
}
