import Engines
import Foundation
import Model

/// A real engine for one test: names and labels carry the test's id, and everything is gone afterwards.
struct EngineFixture: Sendable {
    static let isEnabled = ProcessInfo.processInfo.environment["SLIPWAY_ENGINE_TESTS"] == "1"
    static let socket = ProcessInfo.processInfo.environment["DOCKER_HOST"] ?? "/var/run/docker.sock"
    static let image = "debian:12-slim"

    let id = "slipway-test-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let engine: DockerEngine

    var labels: [String: String] { ["dev.slipway.service": id] }

    static func run(_ test: (EngineFixture) async throws -> Void) async throws {
        let fixture = EngineFixture(engine: try DockerEngine(socket: socket))
        do {
            try await test(fixture)
        } catch {
            try? await fixture.cleanUp()
            throw error
        }
        try await fixture.cleanUp()
    }

    func plan(_ name: String = "a", _ script: String = "sleep 60") -> ContainerPlan {
        ContainerPlan(
            name: "\(id)-\(name)", image: Self.image, command: ["/bin/sh", "-c", script], labels: labels,
            network: "bridge")
    }

    func observe(_ container: String) async throws -> ObservedContainer? {
        try await engine.containers(labels: labels).first { $0.id == container }
    }

    /// Waits for the engine's own word that the container has ended.
    func waitForEnd(of container: String) async throws {
        for try await _ in try await engine.logs(container, follow: true, tail: 0, timestamps: false) {}
        while try await observe(container)?.state == .running { await Task.yield() }
    }

    private func cleanUp() async throws {
        for container in try await engine.containers(labels: labels) { try await engine.remove(container.id) }
        try await engine.removeNetwork(id)
    }
}
