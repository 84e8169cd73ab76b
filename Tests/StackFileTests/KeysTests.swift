import Model
import StackFile
import Testing

/// Keys beyond those that are carried out: all are read, and none of them without a word.
@Suite struct KeysTests {
    private func load(_ compose: String, _ rancher: String? = nil) throws -> StackFileResult {
        var sources = [StackFileSource(name: "docker-compose.yml", text: compose)]
        if let rancher { sources.append(.init(name: "rancher-compose.yml", text: rancher)) }
        return try StackFiles.load(sources)
    }

    @Test func isolation() throws {
        let result = try load(
            """
            services:
              a:
                image: x
                pid: host
                ipc: shareable
                uts: host
                userns_mode: host
                cgroup: private
                cgroup_parent: /slice
                runtime: runsc
                security_opt: [no-new-privileges]
                group_add: [audio, 1000]
                sysctls: [net.core.somaxconn=1024]
                devices: ['/dev/fuse', {source: /dev/a, target: /dev/b, permissions: r}]
                device_cgroup_rules: ['c 1:3 mr']
                gpus: all
            """)
        var expected = ContainerIsolation()
        (expected.pid, expected.ipc, expected.uts) = ("host", "shareable", "host")
        (expected.userNamespace, expected.cgroup, expected.cgroupParent) = ("host", "private", "/slice")
        expected.runtime = "runsc"
        expected.securityOptions = ["no-new-privileges"]
        expected.groups = ["audio", "1000"]
        expected.sysctls = ["net.core.somaxconn": "1024"]
        expected.devices = ["/dev/fuse", "/dev/a:/dev/b:r"]
        expected.deviceRules = ["c 1:3 mr"]
        expected.gpus = "all"
        #expect(result.spec["a"]?.isolation == expected)
        #expect(
            result.notCarriedOut.map(\.description) == [
                "docker-compose.yml:16:5: error: service \"a\": \"gpus\" is not carried out yet, and leaving it out would "
                    + "change what runs"
            ])
        #expect(result.warnings.isEmpty)
        #expect(result.spec["a"]?.partsThatWait == ["gpus"])
    }

    @Test func anothersNamespaceWaitsAndAnUnknownOneIsRefused() throws {
        let result = try load("a: {image: x, pid: 'service:b', ipc: 'container:b'}")
        #expect(result.notCarriedOut.count == 2)
        let unit = try load(
            "a: {image: x, pid: 'service:b', volumes_from: [b], labels: {io.rancher.sidekicks: b}}\nb: {image: x}")
        #expect(unit.notCarriedOut.isEmpty)
        #expect(unit.spec["a"]?.partsInUse == ["b"])
        let failure = #expect(throws: Failure.self) { try load("a: {image: x, pid: hosts}") }
        #expect(failure?.message.contains("did you mean \"host\"?") == true, "\(failure?.message ?? "")")
        #expect(throws: Failure.self) { try load("a: {image: x, expose: [web]}") }
    }

    @Test func limits() throws {
        let result = try load(
            """
            services:
              a:
                image: x
                mem_reservation: 64m
                memswap_limit: -1
                mem_swappiness: 10
                cpu_period: 100000
                cpu_quota: 50000
                cpus: 1.5
                cpuset: 0-1
                pids_limit: 100
                shm_size: 128m
                oom_kill_disable: true
                oom_score_adj: -500
                ulimits: {nofile: {soft: 1, hard: 2}, nproc: 3}
                blkio_config:
                  weight: 300
                  device_read_bps: [{path: /dev/sda, rate: 12mb}]
            """)
        var expected = ContainerLimits()
        (expected.memoryReservation, expected.memoryAndSwap, expected.swappiness) = (64 << 20, -1, 10)
        (expected.cpuPeriod, expected.cpuQuota, expected.nanoCPUs) = (100_000, 50_000, 1_500_000_000)
        (expected.cpuSet, expected.processes, expected.sharedMemory) = ("0-1", 100, 128 << 20)
        (expected.isOutOfMemoryKillDisabled, expected.outOfMemoryScore) = (true, -500)
        expected.ulimits = ["nofile": .init(soft: 1, hard: 2), "nproc": .init(soft: 3, hard: 3)]
        expected.blockWeight = 300
        expected.blockDevices = ["device_read_bps": ["/dev/sda:12mb"]]
        #expect(result.spec["a"]?.limits == expected)
        #expect(result.notCarriedOut.isEmpty)
        #expect(result.warnings.map(\.line) == [16])
        #expect(result.spec["a"]?.partsThatWait == [])
    }

    @Test func networksAndStorage() throws {
        let result = try load(
            """
            services:
              a:
                image: x
                networks: {front: {aliases: [f], ipv4_address: 10.0.0.9}, back: }
                expose: [80, 53/udp]
                domainname: example.com
                dns_search: example.com
                dns_opt: [use-vc]
                network_mode: "service:b"
                volumes_from: [b, "c:ro"]
                tmpfs: [/run, "/tmp:size=64m"]
                volumes: ["/a:/b:ro,z,rshared", {type: tmpfs, target: /cache, tmpfs: {size: 1m}}]
                configs: [app, {source: app, target: /etc/app, mode: 0440}]
            volumes: {data: {driver: nfs, driver_opts: {share: s}}, logs: {external: true}}
            networks: {front: {driver: overlay}, back: {}}
            configs: {app: {content: "a=1"}}
            """)
        let spec = try #require(result.spec["a"])
        #expect(spec.networking?.networks["front"]?.aliases == ["f"])
        #expect(spec.networking?.networks["front"]?.ipv4Address == "10.0.0.9")
        #expect(spec.networking?.exposed == ["80/tcp", "53/udp"] && spec.networking?.dnsSearch == ["example.com"])
        #expect(spec.networking?.sharedWith == "b" && spec.networkMode == nil)
        #expect(spec.storage?.volumesFrom == ["b", "c:ro"])
        #expect(spec.storage?.memoryMounts.sorted() == ["/cache:size=1048576", "/run", "/tmp:size=64m"].sorted())
        #expect(spec.storage?.mountOptions.map(\.option) == ["z", "rshared"])
        #expect(spec.storage?.configs.map(\.target) == ["/app", "/etc/app"])
        #expect(spec.storage?.configs.last?.mode == 0o440)
        #expect(spec.volumes == [.init(source: "/a", target: "/b", readOnly: true)])
        #expect(result.spec.volumes?["data"]?.driver == "nfs" && result.spec.volumes?["logs"]?.isExternal == true)
        #expect(result.spec.networks?.keys.sorted() == ["front"])
        #expect(result.spec.configs?["app"]?.content == "a=1")
    }

    @Test func healthchecksAreReadWithTheirTimes() throws {
        let result = try load(
            """
            a:
              image: x
              healthcheck: {test: curl -f localhost, interval: 1m30s, timeout: 10s, retries: 3, start_period: 5s}
            b: {image: x, healthcheck: {disable: true}}
            c: {image: x, healthcheck: {test: [CMD, "true"]}}
            """)
        var expected = ContainerProbe()
        expected.test = ["CMD-SHELL", "curl -f localhost"]
        (expected.interval, expected.timeout, expected.startPeriod, expected.retries) = (90_000, 10_000, 5000, 3)
        #expect(result.spec["a"]?.probe == expected)
        #expect(result.spec["b"]?.probe?.isDisabled == true)
        #expect(result.spec["c"]?.probe?.test == ["CMD", "true"])
        #expect(throws: Failure.self) { try load("a: {image: x, healthcheck: {test: [run, it]}}") }
    }

    @Test func deploySaysWhatRancherSaysInItsOwnKeys() throws {
        let result = try load(
            """
            services:
              a:
                image: x
                deploy:
                  replicas: 3
                  labels: {tier: front}
                  resources:
                    limits: {cpus: "0.5", memory: 128m, pids: 50}
                    reservations: {cpus: "0.25", memory: 64m}
                  restart_policy: {condition: on-failure, max_attempts: 3, delay: 5s}
                  update_config: {parallelism: 2, delay: 10s, order: start-first, failure_action: rollback}
                  placement: {constraints: [node.role == worker], preferences: [{spread: node.labels.zone}]}
              b: {image: x, deploy: {mode: global}}
              c: {image: x, deploy: {mode: replicated-job}}
            """)
        let spec = try #require(result.spec["a"])
        #expect(spec.scale == 3 && spec.memoryLimit == 128 << 20 && spec.startFirst == true)
        #expect(spec.limits?.nanoCPUs == 500_000_000 && spec.limits?.reservedNanoCPUs == 250_000_000)
        #expect(spec.limits?.processes == 50 && spec.limits?.memoryReservation == 64 << 20)
        #expect(spec.lifecycle?.restart == "on-failure:3" && spec.lifecycle?.restartDelay == 5000)
        #expect(spec.lifecycle?.update?.failureAction == "rollback")
        #expect(spec.placement?.constraints == ["node.role == worker"])
        #expect(spec.placement?.preferences == ["spread=node.labels.zone"])
        #expect(spec.notes?.deployLabels == ["tier": "front"])
        #expect(result.upgradeStrategies["a"] == .init(batchSize: 2, interval: 10_000, startFirst: true))
        #expect(result.spec["b"]?.placement?.isGlobal == true)
        #expect(result.spec["c"]?.lifecycle?.startOnce == true)
        #expect(result.notCarriedOut.isEmpty)
    }

    @Test func rancherComposeIsReadWhole() throws {
        let result = try load(
            "web: {image: x}\nlb: {image: rancher/lb-service-haproxy}\nold: {image: rancher/load-balancer-service}",
            """
            web:
              scale_policy: {min: 1, max: 5, increment: 2}
              metadata: {a: 1, b: [x, "2"]}
              drain_timeout_ms: 10000
              start_on_create: false
              health_check: {port: 80, strategy: recreateOnQuorum, recreate_on_quorum_strategy_config: {quorum: 2}}
            lb:
              lb_config:
                certs: [a, b]
                default_cert: a
                config: |
                  defaults
                    timeout client 1h
                stickiness_policy: {cookie: S, mode: insert}
                port_rules:
                - {source_port: 443, target_port: "8080", protocol: https, service: shop/web, hostname: a.example,
                   path: /x, priority: 1, weight: 10}
                - {source_port: 80, selector: "k=v"}
            old:
              load_balancer_config:
                haproxy_config: {global: maxconn 4, defaults: timeout 5}
                lb_cookie_stickiness_policy: {name: p, cookie: c}
            """)
        let web = try #require(result.spec["web"])
        #expect(web.lifecycle?.scalePolicy == .init(min: 1, max: 5, increment: 2))
        #expect(web.notes?.metadata == #"{"a":1,"b":["x","2"]}"#)
        #expect(web.lifecycle?.drainTimeout == 10_000 && web.lifecycle?.startOnCreate == false)
        #expect(web.healthCheck?.quorum == 2)
        let balancer = try #require(result.spec["lb"]?.loadBalancer)
        #expect(balancer.certificates == ["a", "b"] && balancer.defaultCertificate == "a")
        #expect(balancer.configuration == "defaults\n  timeout client 1h\n")
        #expect(balancer.stickiness == ["cookie": "S", "mode": "insert"])
        #expect(balancer.rules.count == 2 && balancer.rules[0].targetPort == 8080)
        #expect(balancer.rules[0].service == "shop/web" && balancer.rules[0].hostname == "a.example")
        #expect(balancer.rules[1].selector == "k=v")
        #expect(result.spec["old"]?.loadBalancer?.configuration == "global\nmaxconn 4\ndefaults\ntimeout 5")
        #expect(result.notCarriedOut.isEmpty)
    }

    @Test func labelsOfRancherSayWhere() throws {
        let result = try load(
            """
            web:
              image: x
              labels:
                io.rancher.sidekicks: log, cache
                io.rancher.scheduler.global: 'true'
                io.rancher.scheduler.affinity:host_label: disk=ssd,zone=a
                io.rancher.scheduler.affinity:container_label_soft_ne: app=web
                io.rancher.scheduler.affinity:not_host_label: a=b
                io.rancher.container.start_once: true
                io.rancher.containr.pull_image: always
            """)
        let placement = try #require(result.spec["web"]?.placement)
        #expect(placement.sidekicks == ["log", "cache"] && placement.isGlobal)
        #expect(
            placement.affinities.sorted { $0.subject.rawValue < $1.subject.rawValue } == [
                .init(subject: .containerLabel, isSoft: true, isNegated: true, terms: ["app=web"]),
                .init(subject: .hostLabel, terms: ["disk=ssd", "zone=a"]),
            ])
        #expect(result.spec["web"]?.lifecycle?.startOnce == true)
        // Its sidekicks are in no file.
        #expect(result.notCarriedOut.map(\.line) == [4, 4])
        #expect(result.warnings.contains { $0.line == 8 && $0.message.contains("means nothing") })
        #expect(
            result.warnings.last?.description == "docker-compose.yml:10:5: warning: service \"web\": the label "
                + "io.rancher.containr.pull_image has no meaning here (did you mean \"io.rancher.container.pull_image\"?)"
        )
    }

    @Test(arguments: [
        "a: {image: x, ulimits: {nofile: many}}", "a: {image: x, cpus: fast}", "a: {image: x, shm_size: big}",
        "a: {image: x, lb_config: {port_rules: [{source_port: 0}]}}", "a: {image: x, logging: {drivr: x}}",
        "a: {image: x, deploy: {mode: often}}", "a: {image: x, depends_on: {b: {condition: soon}}}",
        "a: {image: x, networks: {b: c}}", "a: {image: x, vcpu: 2}", "a: {image: x, devices: /dev/a}",
        "a: {image: x, health_check: {port: 80, recreate_on_quorum_strategy_config: {quorm: 1}}}",
        "services: {a: {image: x}}\nvolumes: {a: {drivr: x}}", "services: {a: {image: x}}\nnetworks: [a]",
    ])
    func whatIsWrongHasAPlace(text: String) {
        let failure = #expect(throws: Failure.self) { try load(text) }
        let errors = failure?.findings.filter { $0.severity == .error } ?? []
        #expect(errors.count == 1 && errors.allSatisfy { $0.line > 0 && $0.column > 1 })
    }
}
