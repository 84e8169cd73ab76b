import Engines
import Foundation
import Model
import Testing

@testable import Stacks

/// Services on an engine of five hosts: each of them comes, goes and stops answering as machines do.
@Suite struct HostsTests {
    private static let machines = (1...5).map { number in
        EngineHost(id: "\(number)", name: "host\(number)", labels: ["disk": number < 4 ? "ssd" : "hdd"])
    }

    private func harbour(_ body: (Harbour, SimulatedEngine) async throws -> Void) async throws {
        let engine = SimulatedEngine(
            images: (1...3).map { "acme/orders:\($0)" }, hosts: Array(Self.machines.prefix(4)))
        let harbour = try await Harbour(engine: engine)
        do {
            try await body(harbour, engine)
        } catch {
            await harbour.stop()
            throw error
        }
        await harbour.stop()
    }

    private func spec(_ revision: Int = 1, scale: Int = 1, _ change: (inout ServicePlacement) -> Void) -> ServiceSpec {
        var spec = ServiceSpec(name: "orders", image: "acme/orders:\(revision)", scale: scale)
        var placement = ServicePlacement()
        change(&placement)
        spec.placement = placement
        return spec
    }

    private func running(_ engine: SimulatedEngine) async -> [String: String] {
        let running = await engine.snapshot().filter { $0.state == .running }
        return Dictionary(running.map { ($0.host ?? "", $0.image) }) { $0 + " and " + $1 }
    }

    @Test func aGlobalServiceFollowsTheHosts() async throws {
        try await harbour { harbour, engine in
            let global = { (revision: Int) in
                spec(revision, scale: 3) {
                    $0.isGlobal = true
                    $0.affinities = [.init(subject: .hostLabel, terms: ["disk=ssd"])]
                }
            }
            #expect(try await harbour.deploy(global(1)).state == .done)
            let first = ["host1": "acme/orders:1", "host2": "acme/orders:1", "host3": "acme/orders:1"]
            #expect(await running(engine) == first)
            // One that comes gets one.
            await engine.add(EngineHost(id: "6", name: "host6", labels: ["Disk": "SSD"]))
            let four = first.merging(["host6": "acme/orders:1"]) { $1 }
            try await harbour.until { _ in await running(engine) == four }
            // One that goes takes its own with it, and one that fits no longer loses it.
            await engine.removeHost("host2")
            await engine.add(EngineHost(id: "3", name: "host3", labels: ["disk": "hdd"]))
            let two = ["host1": "acme/orders:1", "host6": "acme/orders:1"]
            try await harbour.until { _ in await running(engine) == two }
            // Over an upgrade each host has one, whatever slots were left free.
            let upgrade = try await harbour.deploy(global(2))
            #expect(upgrade.state == .done && upgrade.serving == 2)
            #expect(await running(engine) == two.mapValues { _ in "acme/orders:2" })
            let views = try await harbour.containers().filter { !$0.parked }
            #expect(Set(views.compactMap(\.host)) == ["host1", "host6"])
            let failure = await #expect(throws: Failure.self) {
                try await harbour.service.change(
                    .scale(2), of: "orders", stack: "shop", in: harbour.environment, by: "ada")
            }
            #expect(failure?.message.contains("one container on each host") == true)
        }
    }

    @Test func aHostThatStopsAnsweringIsReplacedAndComesBackWithoutADouble() async throws {
        try await harbour { harbour, engine in
            #expect(try await harbour.deploy(spec(scale: 4) { $0.maxReplicasPerNode = 2 }).state == .done)
            #expect(await running(engine).count == 4)
            await engine.setHost("host4", isUp: false)
            try await harbour.until { service in
                let seen = try await engine.containers(labels: [:])
                return seen.filter { $0.state == .running }.count == 4
            }
            await engine.setHost("host4", isUp: true)
            try await harbour.until { _ in await engine.snapshot().count == 4 }
            #expect(Set(await engine.snapshot().compactMap { $0.labels[Label.index] }).count == 4)
        }
    }

    @Test func affinityIsObeyedAndWhatFitsNowhereIsRefused() async throws {
        try await harbour { harbour, engine in
            let apart = spec(scale: 3) {
                $0.affinities = [
                    .init(subject: .hostLabel, terms: ["disk=ssd"]),
                    .init(
                        subject: .containerLabel, isNegated: true,
                        terms: ["io.rancher.stack_service.name=${stack_name}/${service_name}"]),
                ]
            }
            let first = try await harbour.deploy(apart)
            #expect(first.state == .done)
            #expect(await running(engine).keys.sorted() == ["host1", "host2", "host3"])
            var more = apart
            more.scale = 4
            let before = await engine.snapshot()
            let wish = more
            let failure = await #expect(throws: Failure.self) { try await harbour.up([wish], upgrade: true) }
            #expect(failure?.code == .conflict)
            #expect(failure?.message.contains("host4 has no label disk=ssd") == true, "\(failure?.message ?? "")")
            #expect(await engine.snapshot() == before)
            // An upgrade of all three goes through, one after the other, on the same hosts.
            var next = apart
            next.image = "acme/orders:2"
            #expect(try await harbour.deploy(next).state == .done)
            #expect(await running(engine).keys.sorted() == ["host1", "host2", "host3"])
        }
    }

    @Test func whatIsMeantForAHostThatIsAwayIsRefused() async throws {
        try await harbour { harbour, engine in
            let pinned = spec { $0.host = "host4" }
            let first = try await harbour.deploy(pinned)
            #expect(first.state == .done)
            await engine.setHost("host4", isUp: false)
            var next = pinned
            next.image = "acme/orders:2"
            let wish = next
            await #expect(throws: Failure.self) { try await harbour.up([wish], upgrade: true) }
            await engine.setHost("host4", isUp: true)
            #expect(try await harbour.deploy(next).state == .done)
            #expect(await running(engine) == ["host4": "acme/orders:2"])
        }
    }
}
