import Foundation
import Model
import Testing

@testable import StackFile

/// What each engine makes of each key, one small file a row: `+` accepted, `!` with a warning, `x` refused; in the order
/// of Docker Engine, Docker Swarm, Kubernetes.
@Suite struct EngineTableTests {
    @Test(arguments: [
        ("command: run", "+++"), ("entrypoint: [/init]", "+++"), ("environment: {A: b}", "+++"),
        ("working_dir: /srv", "+++"), ("user: 1000:1000", "+++"), ("user: app", "++x"), ("group_add: [10]", "+++"),
        ("group_add: [10, audio]", "++x"), ("hostname: web", "+++"), ("hostname: web.acme", "++x"),
        ("domainname: acme", "+xx"), ("container_name: web", "+!!"), ("{container_name: web, scale: 2}", "!!!"),
        ("labels: {a: b}", "+++"), ("annotations: {a: b}", "+x+"), ("tty: true", "+++"), ("stdin_open: true", "+++"),
        ("init: true", "++x"), ("init: false", "+++"), ("restart: always", "+++"), ("restart: unless-stopped", "+++"),
        ("restart: 'no'", "++x"), ("restart: on-failure:3", "++x"), ("stop_signal: SIGTERM", "+++"),
        ("stop_signal: SIGQUIT", "++x"), ("stop_grace_period: 30s", "+++"), ("ports: ['80:80']", "+++"),
        ("ports: ['127.0.0.1:80:80']", "+xx"), ("ports: [{target: 80, published: 80, host_ip: 127.0.0.1}]", "+xx"),
        ("ports: ['53:53/udp']", "!++"), ("ports: [{target: 53, protocol: udp}]", "!++"), ("expose: [80]", "+!+"),
        ("volumes: ['/data:/data']", "++!"), ("volumes: ['data:/data']", "+++"), ("volumes: [/data]", "+++"),
        ("volumes: ['data:/data:z']", "+!!"), ("volumes: [{type: bind, source: /a, target: /b}]", "++!"),
        ("volumes: [{type: tmpfs, target: /b}]", "+++"), ("volumes: [{type: npipe, source: a, target: b}]", "xxx"),
        ("volumes_from: [db]", "xxx"), ("volume_driver: nfs", "+x!"), ("tmpfs: /run", "+++"), ("secrets: [KEY]", "+++"),
        ("configs: [a]", "+++"), ("links: [db]", "+!!"), ("links: ['db:database']", "+x!"),
        ("external_links: [other/db]", "+x+"), ("depends_on: [db]", "+!!"), ("network_mode: bridge", "+++"),
        ("net: host", "+++"), ("network_mode: none", "++x"), ("network_mode: 'service:db'", "xxx"),
        ("net: 'container:db'", "xxx"), ("networks: [back]", "++!"), ("networks: {back: {aliases: [b]}}", "++!"),
        ("networks: {back: {ipv4_address: 10.0.0.2}}", "+xx"), ("mac_address: 02:42:ac:11:00:02", "+xx"),
        ("pid: host", "+x+"), ("ipc: host", "+x+"), ("ipc: 'service:db'", "xxx"), ("uts: host", "+xx"),
        ("userns_mode: host", "+x+"), ("privileged: true", "+x+"), ("privileged: false", "+++"),
        ("cap_add: [NET_ADMIN]", "+++"), ("cap_drop: [ALL]", "+++"), ("security_opt: ['seccomp:unconfined']", "+++"),
        ("security_opt: ['systempaths=unconfined']", "+xx"), ("read_only: true", "+++"), ("devices: ['/dev/a']", "+xx"),
        ("dns: 8.8.8.8", "+++"), ("dns_search: acme", "+++"), ("extra_hosts: ['db:10.0.0.5']", "+++"),
        ("extra_hosts: ['h:host-gateway']", "+xx"), ("log_driver: syslog", "++!"), ("logging: {driver: none}", "++!"),
        ("log_driver: ~", "+++"), ("sysctls: {a: 1}", "+++"), ("ulimits: {nofile: 1024}", "++x"),
        ("shm_size: 64m", "+x+"),
        ("mem_limit: 512m", "+++"), ("mem_reservation: 64m", "+++"), ("memswap_limit: 1g", "+xx"),
        ("mem_swappiness: 0", "+xx"), ("cpu_shares: 512", "+x!"), ("cpu_quota: 50000", "+++"), ("cpus: 0.5", "+++"),
        ("cpuset: '0'", "+xx"), ("blkio_weight: 100", "+xx"), ("device_read_bps: ['/dev/a:1mb']", "+xx"),
        ("oom_kill_disable: true", "+xx"), ("oom_score_adj: 100", "++x"), ("pids_limit: 100", "++x"),
        ("cgroup_parent: /a", "+xx"), ("isolation: hyperv", "xxx"), ("isolation: default", "+++"),
        ("healthcheck: {test: [CMD, 'true']}", "+++"), ("health_check: {port: 80}", "+!+"),
        ("health_check: {port: 80, request_line: HEAD / HTTP/1.0}", "+!x"),
        ("health_check: {port: 80, strategy: recreateOnQuorum}", "+!x"), ("scale: 3", "+++"),
        ("scale_policy: {min: 1}", "+xx"), ("upgrade_strategy: {start_first: true}", "+++"),
        ("drain_timeout_ms: 1000", "+x+"), ("drain_timeout_ms: 0", "+++"), ("retain_ip: true", "+xx"),
        ("metadata: {a: b}", "+x+"), ("lb_config: {port_rules: [{source_port: 80}]}", "+x+"),
        ("lb_config: {config: maxconn 9}", "+xx"), ("lb_config: {stickiness_policy: {name: a}}", "+xx"),
        ("certs: [a]", "+x+"), ("external_ips: [10.0.0.1]", "+x+"), ("storage_driver: {name: a}", "xxx"),
        ("network_driver: {name: a}", "xxx"), ("vcpu: 2", "xxx"), ("build: .", "!!!"), ("extends: {service: b}", "+++"),
        ("pull_policy: always", "+++"), ("pull_policy: build", "xxx"), ("gpus: all", "+xx"), ("runtime: runsc", "+x!"),
        ("deploy: {replicas: 2, resources: {limits: {cpus: '1', memory: 1g}}}", "+++"),
        ("deploy: {mode: global}", "+++"),
        ("deploy: {placement: {constraints: [a]}}", "+++"), ("deploy: {endpoint_mode: vip}", "!++"),
        ("deploy: {resources: {reservations: {cpus: '1'}}}", "!++"),
        ("deploy: {update_config: {order: start-first}}", "+++"),
        ("deploy: {update_config: {failure_action: pause}}", "!+!"),
        ("deploy: {restart_policy: {condition: none}}", "++x"),
        ("labels: {io.rancher.scheduler.global: 'true'}", "+++"), ("labels: ['io.rancher.sidekicks=db']", "+x+"),
        ("labels: {'io.rancher.scheduler.affinity:host_label': a=b}", "+++"),
        ("labels: {'io.rancher.scheduler.affinity:host_label_soft': a=b}", "+!+"),
        ("labels: {'io.rancher.scheduler.affinity:container_label_ne': a=b}", "+x+"),
        ("labels: {io.rancher.container.pull_image: always}", "+++"),
        ("labels: {io.rancher.container.start_once: 'true'}", "+++"),
        ("labels: {io.rancher.container.create_agent: 'true'}", "xxx"),
        ("labels: {io.rancher.container.create_agent: 'false'}", "+++"),
        ("labels: {io.rancher.container.agent.role: environment}", "xxx"),
        ("labels: {io.rancher.container.requested_ip: 10.0.0.9}", "+xx"),
        ("labels: {io.rancher.loadbalancer.ssl.ports: '443'}", "+x+"),
        ("{net: host, labels: {io.rancher.container.dns: 'true'}}", "!!+"),
    ])
    func makesOfAKeyWhatTheTableSays(keys: String, expected: String) throws {
        let body = keys.hasPrefix("{") ? keys : "{\(keys)}"
        let text = "version: '2'\nservices:\n  web: \(body)\n"
        let marks = try EngineKind.allCases.map { engine in
            let found = try judged(text, engine)
            if found.contains(where: { $0.severity == .error }) { return "x" }
            return found.isEmpty ? "+" : "!"
        }
        #expect(marks.joined() == expected)
    }

    @Test(arguments: [
        ("volumes: {a: {driver: local}}", "+++"), ("volumes: {a: {driver: nfs}}", "++!"),
        ("volumes: {a: {driver_opts: {a: b}}}", "++x"), ("volumes: {a: {per_container: true}}", "+xx"),
        ("networks: {a: {driver: overlay}}", "+++"), ("networks: {a: {driver: macvlan}}", "+x!"),
        ("networks: {a: {internal: true}}", "++x"), ("networks: {a: {ipam: {driver: b}}}", "++x"),
        ("configs: {a: {external: true}}", "x++"), ("configs: {a: {file: b}}", "+++"),
    ])
    func judgesWhatStandsBesideTheServices(section: String, expected: String) throws {
        let marks = try EngineKind.allCases.map { engine in
            let found = try judged("services: {web: {image: x}}\n\(section)\n", engine)
            return found.contains { $0.severity == .error } ? "x" : found.isEmpty ? "+" : "!"
        }
        #expect(marks.joined() == expected)
    }

    @Test func sidekicksOfOnePodShareOnKubernetes() throws {
        let text = """
            web: {image: x, labels: {io.rancher.sidekicks: 'data, net'}, volumes_from: [data], net: 'container:net'}
            data: {image: x}
            net: {image: x, pid: 'service:web'}
            """
        #expect(try judged(text, .docker).isEmpty)
        let found = try judged(text, .kubernetes)
        #expect(found.map(\.key) == ["pid"] && found.first?.severity == .warning)
        let swarm = try judged(text, .swarm)
        #expect(Set(swarm.map(\.key)) == ["volumes_from", "net", "pid", "io.rancher.sidekicks"])
        #expect(swarm.allSatisfy { $0.severity == .error })
    }

    @Test func namesEngineServiceKeyAndPlace() throws {
        let found = try judged("web:\n  image: x\n  devices: ['/dev/a']\n  ports:\n  - '127.0.0.1:80:80'\n", .swarm)
        #expect(
            found.map(\.finding.description) == [
                "docker-compose.yml:3:3: error: service \"web\": on Docker Swarm \"devices\" has no equivalent "
                    + "(remove it, or deploy to Docker Engine)",
                "docker-compose.yml:5:5: error: service \"web\": on Docker Swarm \"ports\" can't be bound to one "
                    + "address (leave the address out, and close it in a firewall)",
            ])
        #expect(found.map(\.key) == ["devices", "ports"] && found.allSatisfy { $0.engine == .swarm })
        #expect(
            try judged("My_web: {image: x}", .kubernetes).map(\.finding.description) == [
                "docker-compose.yml:1:1: error: service \"My_web\": on Kubernetes \"name\" can't be the name of a "
                    + "Deployment and its Service (lower-case letters, digits and \"-\", at most 63, a letter first)"
            ])
    }

    /// Every key that the readers know has a row, so that a new one must get its own.
    @Test func holdsEveryKey() {
        let known = Set(EngineTable.rows.filter { $0.scope == .service }.flatMap(\.keys))
        let first = Set(known.map { String($0.prefix { $0 != "." }) })
        for key in ServiceKeys.all.keys.sorted() { #expect(first.contains(key), "no row for \(key)") }
        for key in rancherKeys { #expect(first.contains(key), "no row for \(key)") }
    }

    /// The keys that Rancher's own schemas had.
    private let rancherKeys = """
        blkio_weight blkio_weight_device build cap_add cap_drop certs cgroup_parent command config container_name cpu_period \
        cpu_quota cpu_shares cpuset default_cert depends_on description device_read_bps device_read_iops device_write_bps \
        device_write_iops devices disks dns dns_opt dns_search dockerfile domainname drain_timeout_ms entrypoint env_file \
        environment expose extends external_ips external_links extra_hosts group_add health_check hostname image init ipc \
        isolation labels lb_config links load_balancer_config log_driver log_opt logging mac_address mem_limit \
        mem_reservation mem_swappiness memory memswap_limit metadata milli_cpu_reservation net network_driver \
        network_mode networks oom_kill_disable oom_score_adj pid port_rules ports privileged read_only restart retain_ip \
        scale scale_policy secrets security_opt shm_size start_on_create stdin_open stickiness_policy stop_grace_period \
        stop_signal storage_driver sysctls tmpfs tty type ulimits upgrade_strategy user userdata uts vcpu volume_driver \
        volumes volumes_from working_dir
        """.split(separator: " ").map(String.init)
}

/// What the engine alone says of a file.
func judged(_ text: String, _ engine: EngineKind) throws -> [EngineFinding] {
    let root = try #require(try YAMLReader.read(text, file: "docker-compose.yml"))
    let services = (root["services"] ?? root).mapping ?? []
    return EngineCheck(engine: engine).findings(
        services.map { RawService(name: $0.key, place: $0.keyPlace, keys: $0.value.mapping ?? []) },
        sections: root["services"] == nil ? [] : (root.mapping ?? []).filter { EngineTable.sections[$0.key] != nil })
}
