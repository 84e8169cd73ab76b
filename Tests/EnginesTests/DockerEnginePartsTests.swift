import DockerAPI
import Engines
import Foundation
import Model
import Testing

@Suite("Parts of containers, on a real Docker engine", .enabled(if: EngineFixture.isEnabled))
struct DockerEnginePartsTests {
    @Test("It is one host, with the labels of its machine and what Rancher told of it")
    func hosts() async throws {
        let engine = try DockerEngine(socket: EngineFixture.socket)
        let hosts = try await engine.hosts()
        #expect(hosts.count == 1 && !engine.hasSeveralHosts)
        let host = try #require(hosts.first)
        #expect(try await host.name == engine.info().hostName && host.isUp)
        #expect(host.labels["io.rancher.host.docker_version"]?.wholeMatch(of: #/\d+\.\d+/#) != nil)
        #expect(host.labels["io.rancher.host.linux_kernel_version"]?.wholeMatch(of: #/\d+\.\d+/#) != nil)
        #expect(host.architecture?.isEmpty == false)
    }

    @Test("A check in the container is told, with its last words")
    func healthcheck() async throws {
        try await EngineFixture.run { fixture in
            let engine = fixture.engine
            let events = try await engine.events()
            var plan = fixture.plan("check", "while ! test -e /fit; do sleep 0.1; done; sleep 60")
            plan.probe = ContainerProbe()
            plan.probe?.test = ["CMD-SHELL", "echo looking; test -e /fit"]
            plan.probe?.interval = 100
            plan.probe?.timeout = 2000
            plan.probe?.retries = 2
            let id = try await engine.create(plan)
            try await engine.start(id)
            let sick = try await health(of: id, fixture, events) { $0.status == .unhealthy }
            #expect(sick.failures >= 2 && sick.exitStatus == 1 && sick.output?.contains("looking") == true)
            try await engine.write([ContainerFile(path: "/fit", bytes: [])], into: id)
            let fit = try await health(of: id, fixture, events) { $0.status == .healthy }
            #expect(fit.failures == 0 && fit.exitStatus == 0 && fit.at != nil)
            var plain = fixture.plan("plain")
            plain.probe = ContainerProbe()
            plain.probe?.isDisabled = true
            let other = try await engine.create(plain)
            try await engine.start(other)
            #expect(try await fixture.observe(other)?.health == nil)
        }
    }

    private func health(
        of id: String, _ fixture: EngineFixture, _ events: AsyncThrowingStream<Void, any Error>,
        until isReached: (ObservedHealth) -> Bool
    ) async throws -> ObservedHealth {
        if let health = try await fixture.observe(id)?.health, isReached(health) { return health }
        for try await _ in events {
            if let health = try await fixture.observe(id)?.health, isReached(health) { return health }
        }
        throw Failure(.unavailable, "The events ended")
    }

    @Test("What fails is tried again as often as its policy says")
    func onFailure() async throws {
        try await EngineFixture.run { fixture in
            var plan = fixture.plan("tries", "exit 4")
            plan.restart = "on-failure:2"
            let id = try await fixture.engine.create(plan)
            let events = try await fixture.engine.events()
            try await fixture.engine.start(id)
            var seen = try await fixture.observe(id)
            for try await _ in events {
                seen = try await fixture.observe(id)
                if seen?.state == .exited { break }
            }
            #expect(seen?.restarts == 2 && seen?.exitStatus == 4)
        }
    }

    @Test("Addresses can be chosen in a network that was made for it, and stay")
    func addresses() async throws {
        try await EngineFixture.run { fixture in
            let (engine, name) = (fixture.engine, fixture.id)
            let network = try #require(try await engine.ensureAddressedNetwork(name, labels: fixture.labels))
            #expect(try await engine.ensureAddressedNetwork(name, labels: fixture.labels)?.subnet == network.subnet)
            let address = try #require(network.free(besides: []))
            for round in 1...2 {
                var plan = fixture.plan("kept\(round)")
                (plan.network, plan.address, plan.aliases) = (name, address, ["kept"])
                let id = try await engine.create(plan)
                try await engine.start(id)
                #expect(try await fixture.observe(id)?.address == address)
                if round == 1 { try await engine.remove(id) }
            }
            let known = try await engine.ensureAddressedNetwork(name, labels: fixture.labels)
            #expect(known?.used.contains(address) == true && known?.free(besides: []) != address)
            for container in try await engine.containers(labels: fixture.labels) {
                try await engine.remove(container.id)
            }
            try await engine.removeNetwork(name)
            try await engine.ensureNetwork(name, labels: fixture.labels)
            #expect(try await engine.ensureAddressedNetwork(name, labels: fixture.labels) == nil)
        }
    }

    @Test("Volumes have their drivers' options, mounts theirs, and a container its hardware address")
    func storage() async throws {
        try await EngineFixture.run { fixture in
            let (engine, name) = (fixture.engine, "\(fixture.id)-data")
            #expect(try await !engine.hasVolume(name))
            let volume = EngineVolume(
                name: name, options: ["type": "tmpfs", "device": "tmpfs", "o": "size=64k"], labels: fixture.labels)
            try await engine.ensureVolume(volume)
            try await engine.ensureVolume(volume)
            #expect(try await engine.hasVolume(name))
            var plan = fixture.plan(
                "storage",
                """
                echo size $(df -k --output=size /data | tail -n 1); echo empty $(ls /usr/share/doc | wc -l)
                cat /sys/class/net/eth0/address; grep ' /host ' /proc/self/mountinfo
                """)
            plan.volumes = [
                VolumeMount(source: name, target: "/data"),
                VolumeMount(source: "\(name)-2", target: "/usr/share/doc", readOnly: true),
                VolumeMount(source: "/etc", target: "/host", readOnly: true),
            ]
            plan.mountOptions = [
                .init(target: "/usr/share/doc", option: "nocopy"), .init(target: "/host", option: "rprivate"),
                .init(target: "/host", option: "nocreate"),
            ]
            plan.networking = ContainerNetworking()
            plan.networking?.macAddress = "02:42:ac:11:77:09"
            let id = try await engine.create(plan)
            try await engine.start(id)
            var text = ""
            for try await chunk in try await engine.logs(id, follow: true, tail: nil, timestamps: false) {
                text += String(decoding: chunk, as: UTF8.self)
            }
            let lines = text.split(whereSeparator: \.isNewline).map { String($0.replacing(#/\s+/#, with: " ")) }
            for line in ["size 64", "empty 0", "02:42:ac:11:77:09"] {
                #expect(lines.contains(line), "\(line) of \(lines)")
            }
            #expect(lines.contains { $0.contains(" /host ro") && !$0.contains("master:") })
            try await engine.remove(id)
            let docker = try DockerClient(EngineFixture.socket)
            for volume in [name, "\(name)-2"] { try await docker.removeVolume(volume) }
        }
    }
}
