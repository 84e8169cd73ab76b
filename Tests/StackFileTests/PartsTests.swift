import Model
import StackFile
import Testing

/// Keys that say where containers are, how long they live and what files they have: read, and no word said of them.
@Suite struct PartsTests {
    private func load(_ compose: String, files: [String: String] = [:]) throws -> StackFileResult {
        var options = StackFileOptions()
        options.environment = ["BANNER": "hello"]
        options.readFile = { files[$0] }
        return try StackFiles.load([StackFileSource(name: "docker-compose.yml", text: compose)], options)
    }

    @Test func placesLifeAndChecksAreCarriedOut() throws {
        let result = try load(
            """
            services:
              a:
                image: x
                container_name: my-a
                mac_address: 02:42:ac:11:00:09
                volume_driver: nfs
                storage_opt: {size: 10G}
                scale_policy: {min: 1, max: 5, increment: 2}
                healthcheck: {test: [CMD, "true"], interval: 5s}
                health_check:
                  {port: 80, strategy: recreateOnQuorum, recreate_on_quorum_strategy_config: {quorum: 2}}
                labels:
                  io.rancher.scheduler.global: 'true'
                  io.rancher.scheduler.affinity:host_label: disk=ssd
                  io.rancher.scheduler.affinity:container_label_ne: a=$${stack_name}
                deploy: {placement: {constraints: ['node.labels.a == b'], max_replicas_per_node: 1}}
              b:
                image: x
                restart: on-failure:3
                labels: {io.rancher.container.start_once: 'true'}
              c: {image: x, start_on_create: false}
              d: {image: x, deploy: {mode: global-job}}
            """)
        #expect(result.warnings.isEmpty && result.notCarriedOut.isEmpty, "\(result.warnings + result.notCarriedOut)")
        #expect(result.spec.services.allSatisfy { $0.partsThatWait.isEmpty })
        #expect(result.spec["a"]?.placement?.affinities.contains { $0.terms == ["a=${stack_name}"] } == true)
        #expect(result.spec["b"]?.lifecycle?.restart == "on-failure:3")
        #expect(result.spec["d"]?.placement?.isGlobal == true && result.spec["d"]?.lifecycle?.startOnce == true)
    }

    @Test func aServiceThatIsAlwaysBroughtBackIsToldSo() throws {
        let result = try load("a: {image: x, restart: 'no'}")
        #expect(
            result.warnings.map(\.description) == [
                "docker-compose.yml:1:24: warning: service \"a\": \"restart\" is read but not used yet (containers of a "
                    + "service are always brought back; io.rancher.container.start_once lets one end)"
            ])
    }

    @Test func whatStandsBesideServicesIsTheirs() throws {
        let result = try load(
            """
            services:
              a:
                image: x
                volumes: ["data:/data:nocopy", "logs:/logs", "/srv:/srv:ro,rshared,z", "plain:/plain"]
                configs: [inline, {source: read, target: /etc/read.conf}, fromVariable]
            volumes:
              data: {driver: local, driver_opts: {type: tmpfs, device: tmpfs}, labels: {tier: data}}
              logs: {external: true, name: shared-logs}
              plain: {}
            configs:
              inline: {content: "a=1"}
              read: {file: ./read.conf}
              fromVariable: {environment: BANNER}
            """, files: ["read.conf": "b=2", "./read.conf": "b=2"])
        #expect(result.warnings.isEmpty && result.notCarriedOut.isEmpty, "\(result.warnings + result.notCarriedOut)")
        let storage = try #require(result.spec["a"]?.storage)
        #expect(storage.configs.map(\.content) == ["a=1", "b=2", "hello"])
        #expect(storage.named?.keys.sorted() == ["data", "logs"])
        #expect(storage.named?["data"]?.driverOptions == ["type": "tmpfs", "device": "tmpfs"])
        #expect(storage.named?["logs"]?.isExternal == true && storage.named?["logs"]?.name == "shared-logs")
        #expect(storage.mountOptions.map(\.option) == ["nocopy", "rshared", "z"])
        #expect(result.spec["a"]?.partsThatWait == [])
    }

    @Test(arguments: [
        ("services: {a: {image: x, configs: [b]}}", "the config \"b\" is described nowhere"),
        ("services: {a: {image: x}}\nconfigs: {b: {file: gone.conf}}", "can't be read"),
        ("services: {a: {image: x}}\nconfigs: {b: {environment: GONE}}", "its variable is not set"),
        ("services: {a: {image: x, configs: [b]}}\nconfigs: {b: {name: c}}", "has no content"),
    ])
    func whatIsMissingIsSaid(text: String, reason: String) {
        let failure = #expect(throws: Failure.self) { try load(text) }
        #expect(failure?.findings.contains { $0.message.contains(reason) } == true, "\(failure?.message ?? "")")
    }
}
