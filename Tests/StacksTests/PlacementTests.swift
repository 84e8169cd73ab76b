import Engines
import Model
import Testing

@testable import Stacks

/// Which slots are on which hosts: decided from values alone.
@Suite struct PlacementTests {
    let hosts = [
        EngineHost(id: "1", name: "alpha", labels: ["disk": "ssd", "zone": "a"], architecture: "x86_64"),
        EngineHost(id: "2", name: "beta", labels: ["Disk": "SSD", "zone": "b"], architecture: "x86_64"),
        EngineHost(id: "3", name: "gamma", labels: ["disk": "hdd", "zone": "b"], architecture: "aarch64"),
        EngineHost(id: "4", name: "delta", labels: ["zone": "b"]),
        EngineHost(id: "5", name: "omega", labels: ["disk": "ssd"], isUp: false),
    ]

    func spec(scale: Int = 1, _ change: (inout ServicePlacement) -> Void = { _ in }) -> ServiceSpec {
        var spec = ServiceSpec(name: "orders", image: "acme/orders:1", scale: scale)
        spec.placement = ServicePlacement()
        if var placement = spec.placement {
            change(&placement)
            spec.placement = placement
        }
        return spec
    }

    func place(
        _ spec: ServiceSpec, _ containers: [PlacedContainer] = [], on hosts: [EngineHost]? = nil
    ) -> Placement {
        placement(of: spec, in: "shop", generation: 2, on: hosts ?? self.hosts, among: containers)
    }

    func own(_ slot: Int, on host: String, generation: Int64 = 2, isParked: Bool = false) -> PlacedContainer {
        PlacedContainer(
            name: "production-shop-orders-\(generation)-\(slot)", service: "shop/orders", generation: generation,
            slot: slot, host: host, labels: ["io.rancher.stack_service.name": "shop/orders"], isParked: isParked)
    }

    func other(_ name: String, on host: String, labels: [String: String] = [:]) -> PlacedContainer {
        PlacedContainer(name: name, service: "shop/\(name)", generation: 1, slot: 1, host: host, labels: labels)
    }

    private typealias Subject = ServicePlacement.Affinity.Subject

    private func affine(
        _ subject: Subject, _ terms: String..., soft: Bool = false, not: Bool = false
    ) -> ServicePlacement.Affinity {
        .init(subject: subject, isSoft: soft, isNegated: not, terms: terms)
    }

    @Test func theHostWithTheFewestContainersIsTaken() {
        let there = [other("db", on: "alpha"), other("mail", on: "beta"), other("log", on: "delta")]
        #expect(place(spec(), there) == Placement(slots: [1], hosts: [1: "gamma"]))
        let spread = place(spec(scale: 5), there)
        #expect(Set([spread.hosts[1], spread.hosts[2], spread.hosts[3]]).count == 3 && spread.reason == nil)
    }

    @Test func whatStandsStaysAndWhatIsReplacedIsFollowed() {
        let result = place(
            spec(scale: 3), [own(2, on: "delta"), own(1, on: "gamma", generation: 1), other("db", on: "gamma")])
        #expect(result.hosts[2] == "delta")
        #expect(result.hosts[1] == "gamma")
        #expect(result.hosts[3] != "gamma" && result.hosts[3] != "delta")
    }

    @Test func aGlobalServiceIsOnEveryHostThatFitsWhateverItsScale() {
        let global = spec(scale: 7) {
            $0.isGlobal = true
            $0.affinities = [affine(.hostLabel, "disk=ssd"), affine(.hostLabel, "zone=q", soft: true)]
        }
        #expect(place(global) == Placement(slots: [1, 2], hosts: [1: "alpha", 2: "beta"]))
        // Each keeps its slot over an upgrade, and a host that comes gets the smallest that is free.
        let running = [own(2, on: "alpha", generation: 1), own(4, on: "beta", generation: 1)]
        let all = hosts.map { host in
            var host = host
            host.isUp = true
            return host
        }
        #expect(place(global, running, on: all).hosts == [2: "alpha", 4: "beta", 1: "omega"])
        #expect(place(global, running, on: Array(hosts.dropFirst())).hosts == [4: "beta"])
    }

    @Test func ofTwoContainersInOneSlotOneIsGivenUp() {
        let global = spec { $0.isGlobal = true }
        let result = place(global, [own(1, on: "alpha"), own(1, on: "beta"), own(2, on: "delta")])
        #expect(result.hosts == [1: "alpha", 2: "delta", 3: "beta", 4: "gamma"])
    }

    @Test func hostLabelsAreObeyedWhateverTheirCase() {
        let ssd = spec(scale: 4) { $0.affinities = [affine(.hostLabel, "DISK=ssd")] }
        #expect(Set(place(ssd).hosts.values) == ["alpha", "beta"])
        let none = spec(scale: 4) { $0.affinities = [affine(.hostLabel, "disk=ssd", not: true)] }
        #expect(Set(place(none).hosts.values) == ["gamma", "delta"])
        let both = spec { $0.affinities = [affine(.hostLabel, "disk=ssd", "zone=b")] }
        #expect(place(both).hosts == [1: "beta"])
        let any = spec { $0.affinities = [affine(.hostLabel, "disk"), affine(.hostLabel, "zone=a", not: true)] }
        #expect(["beta", "gamma"].contains(place(any).hosts[1] ?? ""))
    }

    @Test func softRulesAreDroppedFromTheLastOn() {
        let rules = [
            affine(.hostLabel, "zone=b", soft: true), affine(.hostLabel, "disk=hdd", soft: true, not: true),
            affine(.hostLabel, "nowhere=true", soft: true),
        ]
        let result = place(spec { $0.affinities = rules })
        #expect(["beta", "delta"].contains(result.hosts[1] ?? "") && result.reason == nil)
        let strange = place(spec { $0.affinities = [affine(.hostLabel, "nowhere=true", soft: true)] })
        #expect(strange.hosts[1] != nil)
    }

    @Test func aServiceIsKeptApartFromItselfByRancherssMacros() {
        let label = "io.rancher.stack_service.name=${stack_name}/${service_name}"
        let apart = spec(scale: 4) { $0.affinities = [affine(.containerLabel, label, not: true)] }
        #expect(Set(place(apart).hosts.values).count == 4)
        // Those that are replaced, and those that are parked, don't count: else no upgrade would ever begin.
        let old = (1...4).map { own($0, on: hosts[$0 - 1].name, generation: 1) }
        #expect(place(apart, old).hosts == [1: "alpha", 2: "beta", 3: "gamma", 4: "delta"])
        let fifth = place(spec(scale: 5) { $0.affinities = [affine(.containerLabel, label, not: true)] })
        #expect(fifth.hosts.count == 4)
        #expect(
            fifth.reason
                == "no host fits shop/orders: a container on alpha has the label "
                + "io.rancher.stack_service.name=shop/orders, a container on beta has the label "
                + "io.rancher.stack_service.name=shop/orders, a container on delta has the label "
                + "io.rancher.stack_service.name=shop/orders, a container on gamma has the label "
                + "io.rancher.stack_service.name=shop/orders, omega doesn't answer")
        let most = spec(scale: 5) { $0.maxReplicasPerNode = 1 }
        #expect(place(most).hosts.count == 4 && place(most).reason?.contains("has 1 of shop/orders already") == true)
    }

    @Test func containersAreJoinedOrAvoided() {
        let there = [other("db", on: "gamma", labels: ["tier": "data"]), other("mail", on: "beta")]
        let near = spec(scale: 2) { $0.affinities = [affine(.containerLabel, "tier=data")] }
        #expect(place(near, there).hosts == [1: "gamma", 2: "gamma"])
        let called = spec { $0.affinities = [affine(.container, "shop_mail_1")] }
        #expect(place(called, there).hosts == [1: "beta"])
        let away = spec(scale: 3) { $0.affinities = [affine(.container, "db", not: true)] }
        #expect(!place(away, there).hosts.values.contains("gamma"))
        // Those that want to be together with their own kind begin somewhere.
        let together = spec(scale: 3) {
            $0.affinities = [affine(.containerLabel, "io.rancher.stack_service.name=shop/orders")]
        }
        #expect(Set(place(together).hosts.values).count == 1)
    }

    @Test func constraintsOfASwarm() {
        func on(_ constraints: String...) -> Set<String> {
            Set(place(spec(scale: 8) { $0.constraints = constraints }).hosts.values)
        }
        #expect(on("node.labels.disk == ssd") == ["alpha", "beta"])
        #expect(on("node.labels.disk!=ssd", "engine.labels.zone==b") == ["gamma", "delta"])
        #expect(on("node.hostname == delta") == ["delta"])
        #expect(on("node.role == manager", "node.platform.os == linux").count == 4)
        #expect(on("node.role == worker").isEmpty && on("node.role != manager").isEmpty)
        #expect(on("node.platform.arch == amd64") == ["alpha", "beta"])
        let strange = spec { $0.constraints = ["disk is fast", "node.labels.a == b"] }
        #expect(strange.placement?.unreadableConstraints == ["disk is fast"])
        #expect(objections(to: strange, edge: true).first?.contains("\"disk is fast\" can't be read") == true)
    }

    @Test func containersAreSpreadOverZones() {
        let result = place(spec(scale: 2) { $0.preferences = ["spread=node.labels.zone"] }, on: Array(hosts.prefix(3)))
        #expect(result.hosts[1] == "alpha" && result.hosts[2] != "alpha")
    }

    @Test func theHostThatIsAskedForIsTakenOrMissed() {
        #expect(place(spec { $0.host = "3" }).hosts == [1: "gamma"])
        let missed = place(spec { $0.host = "1h5" }, on: [hosts[0]])
        #expect(missed.hosts.isEmpty && missed.reason == "no host fits shop/orders: alpha is not 1h5")
    }

    @Test func aPolicyFillsTheHostsInStepsAndOneHostHasTheLeast() {
        var growing = spec(scale: 1) { $0.maxReplicasPerNode = 1 }
        growing.lifecycle = ContainerLifecycle()
        growing.lifecycle?.scalePolicy = .init(min: 2, max: 10, increment: 1)
        growing.scale = growing.asked
        #expect(growing.scale == 2)
        #expect(place(growing).slots.count == 4)
        growing.lifecycle?.scalePolicy?.increment = 2
        #expect(place(growing).slots.count == 4)
        growing.lifecycle?.scalePolicy = .init(min: 2, max: 3, increment: 5)
        #expect(place(growing).slots.count == 3)
        growing.placement?.maxReplicasPerNode = nil
        #expect(place(growing, on: [hosts[0]]).slots.count == 2)
    }

    @Test func sidekicksCountAsContainersOfTheirHostAlone() {
        var sidekick = own(1, on: "alpha")
        sidekick.isSidekick = true
        let most = spec(scale: 4) { $0.maxReplicasPerNode = 1 }
        #expect(Set(place(most, [own(1, on: "alpha"), sidekick]).hosts.values).count == 4)
        #expect(place(spec { $0.isGlobal = true }, [own(3, on: "alpha"), own(2, on: "alpha")]).hosts[2] == "alpha")
    }

    @Test func noContainersNeedNoHost() {
        #expect(place(spec(scale: 0) { $0.isGlobal = true }) == Placement(slots: [], hosts: [:]))
    }
}
