import DockerAPI
import Model

extension DockerEngine {
    public func usage(of id: String) async throws -> ContainerUsage? {
        do {
            let stats = try await docker.containerStats(id)
            guard let at = EngineTime.date(stats.read), let memory = stats.memory.used else { return nil }
            return ContainerUsage(
                at: at, processorTime: Double(stats.processor.usage.total) / 1e9, memory: Int64(clamping: memory),
                memoryLimit: stats.memory.limit.map { Int64(clamping: $0) })
        } catch let failure as Failure where failure.code == .notFound || failure.code == .conflict {
            return nil
        }
    }
}
