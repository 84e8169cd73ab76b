import Engines
import Foundation
import Model
import Testing

@testable import Stacks

/// Rancher's scenarios of upgrades in service: our own two, and all 29 where the shared cases are.
enum UpgradeScenarios {
    static let own = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures").path

    static let all: [UpgradeScenario] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let cases =
            ProcessInfo.processInfo.environment["SLIPWAY_CASES"] ?? root.appendingPathComponent("../shared/cases").path
        let folders = [own, "\(cases)/rancher-upgrade"]
        return folders.flatMap { (try? UpgradeScenario.all(in: $0)) ?? [] }
    }()
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct UpgradeScenarioTests {
    @Test(arguments: UpgradeScenarios.all) func simulated(_ scenario: UpgradeScenario) async throws {
        let folder = NSTemporaryDirectory() + "slipway-scenario-\(UUID().uuidString.prefix(8))"
        let engine = SimulatedEngine(images: [])
        let harbour = try await Harbour(engine: engine, edgeDirectory: nil)
        let player = ScenarioPlayer(
            scenario, harbour, stack: "shop", options: RolloutOptions(settle: 20, deadline: 20_000, drain: 1000)
        ) { spec in
            spec.ports = []
        }
        for image in ["acme/web", "acme/log"] + Self.images { await engine.addImage(image) }
        try await player.play()
        await harbour.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    static let images = [
        "sangeetha/testnewhostrouting", "sangeetha/testlbsd", "sangeetha/testlbsd:latest", "sangeetha/testclient",
    ]

    @Test func ourOwnAreRead() throws {
        #expect(try UpgradeScenario.all(in: UpgradeScenarios.own).count == 2)
        let all = UpgradeScenarios.all.count
        #expect(all == 2 || all == 31)
    }
}

/// The same on a real Docker Engine behind a real HAProxy: our own, and all with `SLIPWAY_SCENARIOS=all` (minutes).
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled(if: ProcessInfo.processInfo.environment["SLIPWAY_ENGINE_TESTS"] == "1"))
struct RealUpgradeScenarioTests {
    static let listener = """
        use IO::Socket::INET; $SIG{TERM}=sub{exit 0};
        my $s=IO::Socket::INET->new(LocalPort=>$ARGV[0],Listen=>64,ReuseAddr=>1) or die;
        while(1){ my $c=$s->accept or next; close $c }
        """

    static let scenarios =
        ProcessInfo.processInfo.environment["SLIPWAY_SCENARIOS"] == "all"
        ? UpgradeScenarios.all : (try? UpgradeScenario.all(in: UpgradeScenarios.own)) ?? []

    @Test(arguments: scenarios) func onTheEngine(_ scenario: UpgradeScenario) async throws {
        let folder = NSTemporaryDirectory() + "slipway-scenario-\(UUID().uuidString.prefix(8))"
        let stack = "s\(UUID().uuidString.prefix(6).lowercased())"
        let socket = ProcessInfo.processInfo.environment["DOCKER_HOST"] ?? "/var/run/docker.sock"
        let engine = try DockerEngine(socket: socket.replacing("unix://", with: ""))
        let harbour = try await Harbour(engine: engine, edgeDirectory: folder, instance: stack)
        let options = RolloutOptions(settle: 200, deadline: 60_000, drain: 2000)
        let player = ScenarioPlayer(scenario, harbour, stack: stack, options: options) { spec in
            spec.image = "debian:12-slim"
            // What the edge doesn't reach serves nobody.
            spec.command =
                spec.ports.first.map { ["perl", "-e", Self.listener, "\($0.containerPort)"] } ?? ["sleep", "100000"]
            spec.stopGracePeriod = 1
        }
        var problem: (any Error)?
        do { try await player.play() } catch { problem = error }
        await harbour.stop()
        await harbour.service.stopEdge()
        for container in try await engine.containers(labels: [Label.instance: stack]) {
            try await engine.remove(container.id)
        }
        try? await engine.removeNetwork("slipway-production-\(stack)")
        try? await engine.removeNetwork(ContainerIdentity.sharedNetwork(of: "production", instance: stack))
        try? FileManager.default.removeItem(atPath: folder)
        if let problem { throw problem }
    }
}
