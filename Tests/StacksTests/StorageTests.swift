import Engines
import Foundation
import Model
import Testing

@testable import Stacks

/// Configurations, named volumes and what mounts say beside their paths.
@Suite struct StorageTests {
    private let identity = ContainerIdentity(
        instance: "i", environment: "production", stack: "shop", generation: 3, slot: 2)

    private func spec(_ change: (inout ContainerStorage) -> Void) -> ServiceSpec {
        var spec = ServiceSpec(name: "orders", image: "acme/orders:1")
        var storage = ContainerStorage()
        change(&storage)
        spec.storage = storage
        return spec
    }

    @Test func volumesAreTheStacksOwnUnlessTheFileSaysOtherwise() {
        var spec = spec { storage in
            var (named, external, renamed, own) = (VolumeSpec(), VolumeSpec(), VolumeSpec(), VolumeSpec())
            named.name = "shared"
            external.isExternal = true
            (renamed.isExternal, renamed.name) = (true, "elsewhere")
            own.isPerContainer = true
            storage.named = ["a": named, "b": external, "c": renamed, "d": own]
        }
        spec.volumes = ["a", "b", "c", "d", "e", "/srv"].map { VolumeMount(source: $0, target: "/\($0.suffix(1))") }
        let plan = ContainerPlan(of: spec, at: identity, edge: true)
        #expect(
            plan.volumes.map(\.source) == [
                "shared", "b", "elsewhere", "production-shop-d-orders-2", "production-shop-e", "/srv",
            ])
        #expect(spec.holdsSlots && !spec.startsFirst)
    }

    @Test func driversAndOptionsReachTheEngineAndWhatIsExternalMustBeThere() async throws {
        let engine = SimulatedEngine(images: ["acme/orders:1"])
        let harbour = try await Harbour(engine: engine)
        var first = spec { storage in
            var data = VolumeSpec()
            (data.driver, data.driverOptions, data.labels) = ("nfs", ["share": "s"], ["tier": "data"])
            storage.named = ["data": data]
            storage.volumeDriver = "convoy"
            storage.configs = [
                .init(source: "app", target: "/etc/app.conf", uid: "1000", mode: 0o440, content: "a=1\n")
            ]
        }
        first.volumes = [.init(source: "data", target: "/data"), .init(source: "other", target: "/other")]
        #expect(try await harbour.deploy(first).state == .done)
        let volumes = await engine.volumes
        #expect(volumes["production-shop-data"]?.driver == "nfs")
        #expect(volumes["production-shop-data"]?.options == ["share": "s"])
        #expect(volumes["production-shop-data"]?.labels["tier"] == "data")
        #expect(volumes["production-shop-other"]?.driver == "convoy")
        let file = await engine.files(in: "production-shop-orders-1-1")["/etc/app.conf"]
        #expect(file.map { String(decoding: $0.bytes, as: UTF8.self) } == "a=1\n")
        #expect(file?.uid == 1000 && file?.mode == 0o440)
        var external = VolumeSpec()
        external.isExternal = true
        first.storage?.named = ["data": external]
        let failed = try await harbour.deploy(first)
        #expect(failed.state == .rolledBack)
        #expect(failed.reason?.contains("The volume data of shop/orders is external, and isn't there") == true)
        await harbour.stop()
    }

    @Test func whatCannotBeIsRefused() {
        var spec = spec { $0.configs = [.init(source: "app", target: "/etc/app.conf", content: "")] }
        #expect(objections(to: spec, edge: true).isEmpty)
        spec.readOnly = true
        #expect(
            objections(to: spec, edge: true).first?.contains("config app can only be in one of its volumes") == true)
        spec.volumes = [.init(source: nil, target: "/etc")]
        #expect(objections(to: spec, edge: true).isEmpty)
        spec.networking = ContainerNetworking()
        spec.networking?.macAddress = "02:42:ac:11:00:09"
        #expect(objections(to: spec, edge: true).isEmpty && !spec.startsFirst)
        spec.scale = 2
        #expect(objections(to: spec, edge: true).first?.contains("mac_address") == true)
        spec.scale = 1
        spec.storage?.mountOptions = [.init(target: "/etc", option: "subpath=a")]
        #expect(spec.partsThatWait == ["a folder of a volume"])
    }

    @Test func theNameInTheFileIsAnAlias() {
        var spec = ServiceSpec(name: "orders", image: "acme/orders:1")
        spec.lifecycle = ContainerLifecycle()
        spec.lifecycle?.containerName = "my-orders"
        #expect(ContainerPlan(of: spec, at: identity, edge: true).aliases == ["my-orders", "orders", "orders.shop"])
        spec.scale = 2
        #expect(ContainerPlan(of: spec, at: identity, edge: true).aliases == ["orders", "orders.shop"])
    }
}
