import Engines
import Foundation
import Model
import Testing

@testable import Stacks

/// What services ask for beside an image, on a real Docker Engine.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: ProcessInfo.processInfo.environment["SLIPWAY_ENGINE_TESTS"] == "1"))
struct RealPartsTests {
    private let stack = "p\(UUID().uuidString.prefix(6).lowercased())"
    private let options = RolloutOptions(settle: 200, deadline: 60_000, drain: 1000)

    private func withHarbour(_ body: (Harbour, DockerEngine) async throws -> Void) async throws {
        let socket = ProcessInfo.processInfo.environment["DOCKER_HOST"] ?? "/var/run/docker.sock"
        let engine = try DockerEngine(socket: socket)
        let harbour = try await Harbour(engine: engine, instance: stack)
        var problem: (any Error)?
        do { try await body(harbour, engine) } catch { problem = error }
        await harbour.stop()
        for container in try await engine.containers(labels: [Label.instance: stack]) {
            try await engine.remove(container.id)
        }
        try? await engine.removeNetwork("slipway-production-\(stack)")
        try? await engine.removeNetwork(ContainerIdentity.sharedNetwork(of: "production", instance: stack))
        if let problem { throw problem }
    }

    private func spec(_ script: String, scale: Int = 1) -> ServiceSpec {
        var spec = ServiceSpec(
            name: "work", image: "debian:12-slim", scale: scale, command: ["/bin/sh", "-c", script])
        spec.stopGracePeriod = 1
        return spec
    }

    private func deploy(_ harbour: Harbour, _ spec: ServiceSpec) async throws -> Rollout {
        let outcome = try await harbour.up([spec], stack: stack, upgrade: true, options: options).first
        return try await harbour.settled(outcome?.rolloutID)
    }

    private func running(_ engine: DockerEngine) async throws -> [ObservedContainer] {
        try await engine.containers(labels: [Label.instance: stack]).filter { $0.state == .running }
    }

    @Test("What runs once does so, is looked at by its end, and stays as it is")
    func once() async throws {
        try await withHarbour { harbour, engine in
            var good = spec("echo migrated")
            good.lifecycle = ContainerLifecycle()
            good.lifecycle?.startOnce = true
            #expect(try await deploy(harbour, good).state == .done)
            let first = try await engine.containers(labels: [Label.instance: stack])
            #expect(first.map(\.state) == [.exited] && first.map(\.exitStatus) == [0])
            _ = await harbour.service.tend(harbour.environment)
            #expect(try await engine.containers(labels: [Label.instance: stack]) == first)
            var bad = good
            bad.command = ["/bin/sh", "-c", "sleep 1; exit 5"]
            let failed = try await deploy(harbour, bad)
            #expect(failed.state == .rolledBack && failed.reason?.contains("exited with status 5") == true)
            #expect(try await engine.containers(labels: [Label.instance: stack]).contains(first[0]))
        }
    }

    /// By slot.
    private func addresses(_ engine: DockerEngine) async throws -> [String: String] {
        Dictionary(
            try await running(engine).map { ($0.labels[Label.index] ?? "", $0.address ?? "") },
            uniquingKeysWith: { "\($0) \($1)" })
    }

    @Test("Addresses are kept over an upgrade and a loss")
    func addresses() async throws {
        try await withHarbour { harbour, engine in
            var kept = spec("exec sleep 600", scale: 2)
            kept.retainIP = true
            #expect(try await deploy(harbour, kept).state == .done)
            let first = try await addresses(engine)
            #expect(first.count == 2)
            kept.environment = ["VERSION": "2"]
            #expect(try await deploy(harbour, kept).state == .done)
            #expect(try await addresses(engine) == first)
            let lost = try #require(try await running(engine).first)
            try await engine.remove(lost.id)
            try await harbour.until { _ in try await addresses(engine) == first }
        }
    }

    @Test("A check in the container holds its rollout up, and a global service has one container")
    func checkAndPlace() async throws {
        try await withHarbour { harbour, engine in
            var checked = spec("sleep 1; touch /fit; exec sleep 600", scale: 5)
            checked.probe = ContainerProbe()
            checked.probe?.test = ["CMD", "test", "-e", "/fit"]
            checked.probe?.interval = 200
            checked.probe?.retries = 50
            checked.placement = ServicePlacement()
            checked.placement?.isGlobal = true
            let rollout = try await deploy(harbour, checked)
            #expect(rollout.state == .done && rollout.serving == 1)
            #expect(rollout.log.contains { $0.text.contains("is healthy after") && $0.text.contains("status 0") })
            #expect(try await running(engine).count == 1)
            checked.placement?.affinities = [.init(subject: .hostLabel, terms: ["slipway.test=nowhere"])]
            let wish = checked
            let failure = await #expect(throws: Failure.self) {
                try await harbour.up([wish], stack: stack, upgrade: true)
            }
            #expect(failure?.message.contains("has no label slipway.test=nowhere") == true)
        }
    }
}
