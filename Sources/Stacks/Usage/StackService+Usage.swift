import Engines
public import Model

extension StackService {
    /// What the environment's containers used in the last hour, by container id. Whoever asks is taken to be looking:
    /// for a while it is measured more often.
    public func usage(in environment: Environment) async -> [String: UsageHistory] {
        await usageBook.look(at: environment.id)
    }

    /// Measures running containers now and then, more often while somebody looks. Ends when its task is cancelled.
    public func watchUsage() async throws {
        while !Task.isCancelled {
            let version = usageBook.signal.version
            for environment in (try? await environments()) ?? [] where await usageBook.isDue(environment.id) {
                await measure(environment)
            }
            await usageBook.signal.wait(after: version, upTo: UsageBook.often)
        }
    }

    /// One look at all running containers. An engine that doesn't answer leaves a gap, and nothing else.
    func measure(_ environment: Environment) async {
        guard let engine = try? engineFor(environment),
            let containers = try? await engine.containers(labels: labels(of: environment))
        else { return }
        let ids = containers.filter { $0.state == .running }.map(\.id)
        let usages = await withTaskGroup(of: (String, ContainerUsage?).self) { group in
            var found: [String: ContainerUsage] = [:]
            for (index, id) in ids.enumerated() {
                // A few at a time: it is the engine's work.
                if index >= 4, let (id, usage) = await group.next() { found[id] = usage }
                group.addTask { (id, (try? await engine.usage(of: id)) ?? nil) }
            }
            for await (id, usage) in group { found[id] = usage }
            return found
        }
        await usageBook.add(usages, to: environment.id)
    }
}
