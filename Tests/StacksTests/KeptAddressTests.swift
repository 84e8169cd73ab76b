import Engines
import Foundation
import Model
import Testing

@testable import Stacks

/// `retain_ip`: whatever is made anew in a slot has the address of what was there.
@Suite struct KeptAddressTests {
    private func spec(_ revision: Int, scale: Int = 3) -> ServiceSpec {
        ServiceSpec(name: "orders", image: "acme/orders:\(revision)", scale: scale, retainIP: true)
    }

    private func addresses(_ engine: SimulatedEngine) async -> [String: String] {
        let running = await engine.snapshot().filter { $0.state == .running }
        return Dictionary(
            running.map { ($0.labels[Label.index] ?? "", $0.address ?? "none") }, uniquingKeysWith: { "\($0), \($1)" })
    }

    private func harbour(_ body: (Harbour, SimulatedEngine) async throws -> Void) async throws {
        let engine = SimulatedEngine(images: (1...3).map { "acme/orders:\($0)" })
        let harbour = try await Harbour(engine: engine)
        do {
            try await body(harbour, engine)
        } catch {
            await harbour.stop()
            throw error
        }
        await harbour.stop()
    }

    @Test func addressesStayOverUpgradesRollbacksAndLosses() async throws {
        try await harbour { harbour, engine in
            #expect(try await harbour.deploy(spec(1)).state == .done)
            let first = await addresses(engine)
            // The slots are created at the same time: who of them comes first is chance, and what they get stays.
            #expect(first.keys.sorted() == ["1", "2", "3"])
            #expect(first.values.sorted() == ["10.0.255.252", "10.0.255.253", "10.0.255.254"])
            #expect(try await harbour.deploy(spec(2)).state == .done)
            #expect(await addresses(engine) == first)
            await engine.set(.failsToStart("no such file"), for: "acme/orders:3")
            #expect(try await harbour.deploy(spec(3)).state == .rolledBack)
            #expect(await addresses(engine) == first)
            await engine.vanish("production-shop-orders-2-2")
            try await harbour.until { _ in await addresses(engine) == first }
            #expect(try await harbour.deploy(spec(2, scale: 1)).state == .done)
            #expect(try await harbour.deploy(spec(2, scale: 3)).state == .done)
            #expect(await addresses(engine) == first)
        }
    }

    @Test func oneThatIsAskedForLaterIsTheOneThatThereWas() async throws {
        try await harbour { harbour, engine in
            var plain = spec(1, scale: 2)
            plain.retainIP = false
            let rollout = try await harbour.deploy(plain)
            #expect(rollout.state == .done)
            let first = await addresses(engine)
            let isChosen = first.values.contains { $0.hasPrefix("10.0.255") }
            #expect(!isChosen)
            #expect(try await harbour.deploy(spec(2, scale: 2)).state == .done)
            #expect(await addresses(engine) == first)
        }
    }

    @Test func theEndOfANetworkIsGivenAwayFirst() {
        let network = NetworkAddresses(subnet: "172.18.4.0/30", used: ["172.18.4.1"])
        #expect(network.free(besides: []) == "172.18.4.2")
        #expect(network.free(besides: ["172.18.4.2"]) == nil)
        #expect(network.contains("172.18.4.2") && !network.contains("172.18.4.3") && !network.contains("172.18.5.1"))
        #expect(NetworkAddresses(subnet: "10.0.3.7/16").gateway == "10.0.0.1")
        #expect(NetworkAddresses(subnet: "10.0.3.7/16").free(besides: ["10.0.255.254"]) == "10.0.255.253")
        #expect(NetworkAddresses(subnet: "fd00::/64").free(besides: []) == nil)
    }
}
