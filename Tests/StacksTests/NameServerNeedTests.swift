import Engines
import Foundation
import Model
import Testing

@testable import Stacks

/// When an environment needs a name server, and what is seen of one.
struct NameServerNeedTests {
    private let web = ServiceSpec(name: "web", image: "a/web:1")
    private let db = ServiceSpec(name: "db", image: "a/db:1")
    private let alias = ServiceSpec(name: "store", image: "rancher/dns-service")

    @Test func `Two services may call each other, one has nobody to call, and none is no reason to stay`() {
        #expect(NameServerNeed(of: [web, db], isThere: false) == .wanted)
        #expect(NameServerNeed(of: [web, alias], isThere: false) == .idle)
        // Containers that ask it keep it, however few services are left.
        #expect(NameServerNeed(of: [web], isThere: true) == .wanted)
        #expect(NameServerNeed(of: [], isThere: true) == .unwanted)
        #expect(NameServerNeed(of: [], isThere: false) == .unwanted)
    }

    private func container(
        _ id: String, image: String = "slipway-agent:2", _ state: ObservedContainer.State, address: String? = nil
    ) -> ObservedContainer {
        var container = ObservedContainer(
            id: id, name: "names", image: image, imageID: "", labels: [:], state: state,
            createdAt: Date(timeIntervalSince1970: 0))
        container.addresses = address.map { ["shared": $0] } ?? [:]
        return container
    }

    private func sight(_ found: ObservedContainer...) -> NameServerSight {
        NameServerSight(found, image: "slipway-agent:2", network: "shared")
    }

    @Test func `One that runs as it shall is left, one of another version or beyond help goes`() {
        let running = container("a", .running, address: "10.9.255.254")
        #expect(sight(running).running == "10.9.255.254" && sight(running).outdated.isEmpty)
        let old = container("b", image: "slipway-agent:1", .running, address: "10.9.255.254")
        #expect(sight(old).running == nil && sight(old).outdated.map(\.id) == ["b"])
        #expect(sight(container("c", .dead)).outdated.map(\.id) == ["c"])
        // What was created, or exited, is started again as it is.
        for state in [ObservedContainer.State.created, .exited, .restarting] {
            #expect(sight(container("d", state)).running == nil && sight(container("d", state)).outdated.isEmpty)
        }
    }
}
