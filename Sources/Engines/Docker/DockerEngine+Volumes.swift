import DockerAPI
import Model

extension DockerEngine {
    public func ensureVolume(_ volume: EngineVolume) async throws {
        try await docker.createVolume(
            volume.name, driver: volume.driver, options: volume.options, labels: volume.labels)
    }

    public func hasVolume(_ name: String) async throws -> Bool {
        do {
            try await docker.volume(name)
            return true
        } catch let failure as Failure where failure.code == .notFound {
            return false
        }
    }
}
