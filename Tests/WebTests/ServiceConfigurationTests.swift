import Engines
import Model
import Stacks
import Testing

@testable import Web

/// What a service's page says of limits, devices, namespaces, hosts and files.
@Suite struct ServiceConfigurationTests {
    @Test func sidekicksAreShownAsTheirPrimaryIs() {
        var spec = ServiceSpec(name: "orders", image: "acme/orders:1")
        var sidekick = ServiceSpec(name: "log", image: "acme/log:4", environment: ["LOG_PASSWORD": "hunter2"])
        sidekick.storage = ContainerStorage()
        sidekick.storage?.volumesFrom = ["orders:ro"]
        spec.sidekicks = [sidekick]
        let html = ServiceConfiguration(spec: spec).html.text
        for words in ["Sidekick <code>log</code>", "acme/log:4", "orders:ro", "LOG_PASSWORD"] {
            #expect(html.contains(words), "\(words)")
        }
        #expect(!html.contains("hunter2"))
    }

    @Test func oneThatRanOnceIsWell() {
        let container = ContainerView(
            id: "c", name: "c", slot: 1, image: "acme/job:1", state: .exited, health: "ran once")
        #expect(container.badge.tone == .good)
    }

    @Test func everyGroupIsShown() {
        var spec = ServiceSpec(name: "orders", image: "acme/orders:1", memoryLimit: 512 << 20)
        var limits = ContainerLimits()
        (limits.nanoCPUs, limits.memoryAndSwap, limits.processes) = (1_500_000_000, -1, 99)
        limits.ulimits = ["nofile": .init(soft: 1, hard: 2)]
        limits.blockDevices = ["device_read_bps": ["/dev/sda:12mb"]]
        spec.limits = limits
        var isolation = ContainerIsolation()
        (isolation.pid, isolation.devices, isolation.sysctls) = ("host", ["/dev/fuse"], ["net.core.somaxconn": "77"])
        isolation.securityOptions = ["no-new-privileges"]
        spec.isolation = isolation
        var placement = ServicePlacement()
        placement.isGlobal = true
        placement.affinities = [.init(subject: .hostLabel, isSoft: true, isNegated: true, terms: ["disk=ssd"])]
        spec.placement = placement
        var storage = ContainerStorage()
        storage.configs = [.init(source: "app", target: "/etc/app.conf", content: "secret text")]
        storage.mountOptions = [.init(target: "/data", option: "nocopy")]
        var volume = VolumeSpec()
        (volume.driver, volume.isPerContainer) = ("nfs", true)
        storage.named = ["data": volume]
        spec.storage = storage
        var lifecycle = ContainerLifecycle()
        (lifecycle.startOnce, lifecycle.restart) = (true, "on-failure:3")
        spec.lifecycle = lifecycle
        var logging = ContainerLogging()
        (logging.driver, logging.options) = ("splunk", ["splunk-token": "hunter2", "tag": "x"])
        spec.logging = logging
        var probe = ContainerProbe()
        (probe.test, probe.interval) = (["CMD", "test", "-e", "/<fit>"], 5000)
        spec.probe = probe
        let html = ServiceConfiguration(spec: spec).html.text
        for words in [
            "at most 1.5 of one", "as much swap as there is", "99 processes", "nofile: 1, 2",
            "device_read_bps: /dev/sda:12mb", "processes: <code>host</code>", "<code>/dev/fuse</code>",
            "<code>net.core.somaxconn=77</code>", "<code>no-new-privileges</code>", "one container on each that fits",
            "best without label <code>disk=ssd</code>", "<code>/etc/app.conf</code>",
            "<code>/data</code>: <code>nocopy</code>", "<code>data</code>: nfs, one for each container",
            "runs to its end, once, tried again as on-failure:3 says", "<code>splunk-token=</code>",
            "<code>tag=x</code>", "<code>test -e /&lt;fit&gt;</code>", "every 5 s",
        ] { #expect(html.contains(words), "\(words)") }
        #expect(!html.contains("hunter2") && !html.contains("secret text"))
    }

    @Test func whatSaysNothingIsNotShown() {
        let html = ServiceConfiguration(spec: ServiceSpec(name: "orders", image: "acme/orders:1")).html.text
        for name in ["Hosts", "Memory", "Limits", "Devices", "Namespaces", "Output", "Files"] {
            #expect(!html.contains("<dt>\(name)</dt>"), "\(name)")
        }
    }
}
