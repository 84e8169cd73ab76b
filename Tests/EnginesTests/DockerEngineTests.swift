import Engines
import Foundation
import Model
import Testing

@Suite("Docker engine, on a real one", .enabled(if: EngineFixture.isEnabled))
struct DockerEngineTests {
    @Test("It says what it is")
    func info() async throws {
        let info = try await DockerEngine(socket: EngineFixture.socket).info()
        #expect(info.name.hasPrefix("Docker Engine ") && info.processors > 0 && info.memory > 0)
    }

    @Test("A container is created, started, stopped and removed; each twice is the same as once")
    func life() async throws {
        try await EngineFixture.run { fixture in
            let engine = fixture.engine
            let id = try await engine.create(fixture.plan())
            #expect(try await engine.create(fixture.plan()) == id)
            let created = try #require(try await fixture.observe(id))
            #expect(created.state == .created && created.address == nil && created.startedAt == nil)
            #expect(created.name == "\(fixture.id)-a" && created.image == EngineFixture.image)
            try await engine.start(id)
            try await engine.start(id)
            let running = try #require(try await fixture.observe(id))
            #expect(running.state == .running && running.address != nil && running.exitStatus == nil)
            #expect(try #require(running.startedAt) >= running.createdAt)
            let image = try await engine.image(EngineFixture.image)
            #expect(running.imageID == image?.id)
            try await engine.stop(id, grace: 5)
            try await engine.stop(id, grace: 5)
            try await engine.kill(id, signal: "KILL")
            let stopped = try #require(try await fixture.observe(id))
            #expect(stopped.state == .exited && stopped.exitStatus == 143 && stopped.address == nil)
            try await engine.start(id)
            try await engine.kill(id, signal: "KILL")
            try await fixture.waitForEnd(of: id)
            #expect(try await fixture.observe(id)?.exitStatus == 137)
            try await engine.remove(id)
            try await engine.remove(id)
            try await engine.stop(id, grace: 1)
            try await engine.kill(id, signal: "TERM")
            #expect(try await fixture.observe(id) == nil)
            let failure = await #expect(throws: Failure.self) { try await engine.start(id) }
            #expect(failure?.code == .notFound)
        }
    }

    @Test("Removing at the same time from many sides succeeds for all")
    func concurrentRemoval() async throws {
        try await EngineFixture.run { fixture in
            let id = try await fixture.engine.create(fixture.plan())
            try await fixture.engine.start(id)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 { group.addTask { try await fixture.engine.remove(id) } }
                for _ in 0..<6 { group.addTask { _ = try await fixture.engine.containers(labels: fixture.labels) } }
                try await group.waitForAll()
            }
            #expect(try await fixture.observe(id) == nil)
        }
    }

    @Test("A name that someone else's container has is a conflict, and that container stays")
    func conflict() async throws {
        try await EngineFixture.run { fixture in
            let id = try await fixture.engine.create(fixture.plan())
            var changed = fixture.plan()
            changed.labels["dev.slipway.deploy"] = "2"
            let other = changed
            let failure = await #expect(throws: Failure.self) { try await fixture.engine.create(other) }
            #expect(failure?.code == .conflict)
            #expect(failure?.cause == "dev.slipway.deploy is absent there and 2 here")
            #expect(try await fixture.observe(id) != nil)
        }
    }

    @Test("Creating at the same time makes one container")
    func concurrentCreation() async throws {
        try await EngineFixture.run { fixture in
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<6 { group.addTask { try await fixture.engine.create(fixture.plan()) } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
        }
    }

    @Test("A command that isn't there fails at the start and can be seen")
    func badCommand() async throws {
        try await EngineFixture.run { fixture in
            var plan = fixture.plan()
            plan.command = ["/no/such/program"]
            plan.initProcess = false
            let id = try await fixture.engine.create(plan)
            let failure = await #expect(throws: Failure.self) { try await fixture.engine.start(id) }
            #expect(failure?.code == .failed)
            #expect(failure?.cause?.contains("/no/such/program") == true)
            let observed = try #require(try await fixture.observe(id))
            #expect(observed.state == .created && observed.exitStatus == 127)
        }
    }

    @Test("An exit status and restarts are seen")
    func exits() async throws {
        try await EngineFixture.run { fixture in
            let id = try await fixture.engine.create(fixture.plan("exit", "exit 3"))
            try await fixture.engine.start(id)
            try await fixture.waitForEnd(of: id)
            #expect(try await fixture.observe(id)?.exitStatus == 3)
            var again = fixture.plan("again", "exit 1")
            again.restart = "unless-stopped"
            let events = try await fixture.engine.events()
            let restarting = try await fixture.engine.create(again)
            try await fixture.engine.start(restarting)
            for try await _ in events where try await fixture.observe(restarting)?.restarts ?? 0 > 0 { break }
        }
    }

    @Test("What the plan says is what the process sees")
    func plan() async throws {
        try await EngineFixture.run { fixture in
            try await fixture.engine.ensureNetwork(fixture.id, labels: fixture.labels)
            try await fixture.engine.ensureNetwork(fixture.id, labels: fixture.labels)
            var plan = fixture.plan(
                "plan", "echo $GREETING; hostname; pwd; id -u; getent hosts db | cut -d' ' -f1; getent hosts me >&2")
            plan.network = fixture.id
            plan.aliases = ["me"]
            plan.environment = ["GREETING=hello world"]
            plan.hostname = "box"
            plan.workingDirectory = "/tmp"
            plan.user = "1000"
            plan.extraHosts = ["db:10.9.8.7"]
            plan.volumes = [
                VolumeMount(source: nil, target: "/data"), VolumeMount(source: "/etc", target: "/host", readOnly: true),
            ]
            plan.ports = [PortMapping(hostAddress: "127.0.0.1", hostPort: nil, containerPort: 53, transport: .udp)]
            plan.memoryLimit = 64 << 20
            plan.cpuShares = 512
            plan.capDrop = ["NET_RAW"]
            plan.readOnly = true
            let id = try await fixture.engine.create(plan)
            try await fixture.engine.start(id)
            var text = ""
            for try await chunk in try await fixture.engine.logs(id, follow: true, tail: nil, timestamps: false) {
                text += String(decoding: chunk, as: UTF8.self)
            }
            for line in ["hello world", "box", "/tmp", "1000", "10.9.8.7"] { #expect(text.contains("\(line)\n")) }
            #expect(text.contains(" me\n") || text.contains("me.\(fixture.id)") || text.contains("me "))
            try await fixture.engine.remove(id)
            try await fixture.engine.removeNetwork(fixture.id)
            try await fixture.engine.removeNetwork(fixture.id)
        }
    }

    @Test("Limits, rights, names and memory mounts are the container's")
    func limitsAndRights() async throws {
        try await EngineFixture.run { fixture in
            try await fixture.engine.ensureNetwork(fixture.id, labels: fixture.labels)
            var plan = fixture.plan(
                "limits",
                """
                echo files $(ulimit -Sn) $(ulimit -Hn); echo groups $(id -G); echo backlog $(cat /proc/sys/net/core/somaxconn)
                echo shared $(df -k --output=size /dev/shm | tail -n 1); echo mounts $(grep -c -e ' /cache tmpfs' /proc/mounts)
                echo oom $(cat /proc/self/oom_score_adj); grep search /etc/resolv.conf; grep -c box.example.com /etc/hosts
                test -c /dev/naught && echo device; grep NoNewPrivs /proc/self/status
                """)
            plan.network = fixture.id
            plan.hostname = "box"
            var limits = ContainerLimits()
            limits.ulimits = ["nofile": .init(soft: 123, hard: 456)]
            limits.sharedMemory = 8 << 20
            limits.outOfMemoryScore = 321
            limits.nanoCPUs = 500_000_000
            limits.processes = 50
            limits.memoryReservation = 16 << 20
            plan.limits = limits
            var isolation = ContainerIsolation()
            isolation.groups = ["4321"]
            isolation.sysctls = ["net.core.somaxconn": "77"]
            isolation.devices = ["/dev/zero:/dev/naught:r"]
            isolation.securityOptions = ["no-new-privileges"]
            isolation.ipc = "private"
            plan.isolation = isolation
            var networking = ContainerNetworking()
            (networking.domainName, networking.dnsSearch) = ("example.com", ["search.example"])
            networking.exposed = ["8080/tcp"]
            plan.networking = networking
            plan.memoryMounts = ["/cache:size=64k"]
            var logging = ContainerLogging()
            (logging.driver, logging.options) = ("json-file", ["max-size": "1m"])
            plan.logging = logging
            let id = try await fixture.engine.create(plan)
            try await fixture.engine.start(id)
            var text = ""
            for try await chunk in try await fixture.engine.logs(id, follow: true, tail: nil, timestamps: false) {
                text += String(decoding: chunk, as: UTF8.self)
            }
            let lines = text.split(whereSeparator: \.isNewline).map { String($0.replacing(#/\s+/#, with: " ")) }
            for line in [
                "files 123 456", "backlog 77", "shared 8192", "mounts 1", "oom 321", "search search.example", "1",
                "device",
                "NoNewPrivs: 1",
            ] {
                #expect(lines.contains(line), "\(line) of \(lines)")
            }
            #expect(lines.contains { $0.hasPrefix("groups ") && $0.contains("4321") })
            try await fixture.engine.remove(id)
            try await fixture.engine.removeNetwork(fixture.id)
        }
    }

    @Test("A terminal's output has no frames; a cancelled reader ends")
    func terminal() async throws {
        try await EngineFixture.run { fixture in
            var plan = fixture.plan("tty", "echo ready; sleep 60")
            plan.tty = true
            let id = try await fixture.engine.create(plan)
            try await fixture.engine.start(id)
            let stream = try await fixture.engine.logs(id, follow: true, tail: nil, timestamps: false)
            let (seen, see) = AsyncStream.makeStream(of: [UInt8].self)
            let reader = Task { for try await chunk in stream { see.yield(chunk) } }
            for await chunk in seen {
                #expect(String(decoding: chunk, as: UTF8.self) == "ready\r\n")
                break
            }
            reader.cancel()
            _ = await reader.result
        }
    }

    @Test("Images: here, not here, and a registry that doesn't answer")
    func images() async throws {
        try await EngineFixture.run { fixture in
            let missing = "127.0.0.1:1/\(fixture.id):1"
            let (here, gone) = (
                try await fixture.engine.image(EngineFixture.image), try await fixture.engine.image(missing)
            )
            #expect(here?.id.hasPrefix("sha256:") == true)
            #expect(gone == nil)
            let plan = ContainerPlan(name: fixture.id, image: missing, network: "bridge")
            let absent = await #expect(throws: Failure.self) { try await fixture.engine.create(plan) }
            #expect(absent?.code == .notFound)
            let failure = await #expect(throws: Failure.self) { try await pull(missing, by: fixture.engine) }
            #expect(failure?.code == .unavailable)
        }
    }

    private func pull(_ reference: String, by engine: DockerEngine) async throws {
        try await engine.pull(reference) { _ in }
    }
}
