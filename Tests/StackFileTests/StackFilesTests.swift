import Model
import Testing

@testable import StackFile

private let sha = "4d734cb3b662b8434d734cb3b662b8434d734cb3"

/// What `load` says, as text lines, or the error's.
private func findings(_ texts: String..., environment: [String: String] = [:], allowUnset: Bool = false) -> [String] {
    let sources = zip(texts, ["docker-compose.yml", "rancher-compose.yml", "third.yml"]).map {
        StackFileSource(name: $1, text: $0)
    }
    do {
        let options = StackFileOptions(environment: environment, allowUnset: allowUnset)
        let result = try StackFiles.load(sources, options)
        return (result.warnings + result.notCarriedOut).map(\.description)
    } catch {
        return error.findings.map(\.description)
    }
}

private func service(_ texts: String..., environment: [String: String] = [:]) throws -> ServiceSpec {
    let sources = zip(texts, ["docker-compose.yml", "rancher-compose.yml"]).map {
        StackFileSource(name: $1, text: $0)
    }
    let result = try StackFiles.load(sources, StackFileOptions(environment: environment))
    return try #require(result.spec.services.first)
}

@Suite struct StackFilesTests {
    /// The source article's file, word for word.
    static let article = """
        # docker_compose.yml
        my-service:
          labels:
            io.rancher.container.pull_image: always
          tty: true
          image: my_repo/360_service:${REVISION}
          stdin_open: true
        """

    @Test func readsTheArticlesFile() throws {
        let result = try StackFiles.load(
            [.init(name: "docker_compose.yml", text: Self.article)], .init(environment: ["REVISION": sha]))
        #expect(result.warnings.isEmpty)
        var expected = ServiceSpec(
            name: "my-service", image: "my_repo/360_service:\(sha)",
            labels: ["io.rancher.container.pull_image": "always"], tty: true, stdinOpen: true, alwaysPull: true)
        (expected.keepsScale, expected.keepsRetainIP) = (true, true)
        #expect(result.spec.services == [expected])
        #expect(StackFiles.imageRepository(inCompose: Self.article) == "my_repo/360_service")
    }

    @Test func namesWhereAVariableIsMissing() throws {
        #expect(
            findings(Self.article) == [
                "docker-compose.yml:6:10: error: service \"my-service\": image: the variable REVISION is not set "
                    + "(set it, or pass --allow-unset)"
            ])
        let text = "a:\n  image: x\n  environment: {K: '${NO}'}\n"
        #expect(
            findings(text, allowUnset: true) == [
                "docker-compose.yml:3:20: warning: service \"a\": environment.K: the variable NO is not set "
                    + "(a blank stands in its place)"
            ])
    }

    @Test func readsEveryKeyOfTheModel() throws {
        let spec = try service(
            """
            version: "3"
            services:
              web:
                image: registry:5000/acme/web:1
                command: sh -c "echo hi"
                entrypoint: [/init, -v]
                environment: [A=1, B=, C, D]
                ports: ["80:8080", "127.0.0.1:53:53/udp", {target: 90, published: 91}, 22]
                volumes: ["/data:/data:ro", "cache:/cache", /tmp/x, {type: bind, source: /a, target: /b, read_only: true}]
                links: [db, "cache:redis"]
                external_links: [other/db:db]
                extra_hosts: ["db:10.0.0.5"]
                dns: 8.8.8.8
                hostname: web
                user: 1000
                working_dir: /srv
                tty: yes
                stdin_open: On
                privileged: false
                read_only: "true"
                cap_add: [NET_ADMIN]
                cap_drop: [ALL]
                mem_limit: 512m
                cpu_shares: 512
                network_mode: host
                stop_signal: SIGINT
                stop_grace_period: 1m30s
                init: false
                restart: always
            """, environment: ["C": "see"])
        var expected = ServiceSpec(
            name: "web", image: "registry:5000/acme/web:1", command: ["sh", "-c", "echo hi"],
            entrypoint: ["/init", "-v"],
            environment: ["A": "1", "B": "", "C": "see"],
            ports: [
                .init(hostPort: 80, containerPort: 8080),
                .init(hostAddress: "127.0.0.1", hostPort: 53, containerPort: 53, transport: .udp),
                .init(hostPort: 91, containerPort: 90), .init(hostPort: nil, containerPort: 22),
            ],
            volumes: [
                .init(source: "/data", target: "/data", readOnly: true),
                .init(source: "cache", target: "/cache"),
                .init(source: nil, target: "/tmp/x"), .init(source: "/a", target: "/b", readOnly: true),
            ],
            links: ["db", "cache:redis"], externalLinks: ["other/db:db"], extraHosts: ["db:10.0.0.5"],
            dns: ["8.8.8.8"],
            hostname: "web", user: "1000", workingDirectory: "/srv", tty: true, stdinOpen: true, readOnly: true,
            capAdd: ["NET_ADMIN"], capDrop: ["ALL"], memoryLimit: 512 << 20, cpuShares: 512,
            networkMode: "host",
            stopSignal: "SIGINT", stopGracePeriod: 90, initProcess: false,
            secrets: ServiceSecrets(variables: ["D": SecretText([.secret("D")])]))
        (expected.keepsScale, expected.keepsRetainIP) = (true, true)
        #expect(spec == expected)
    }

    @Test func laysRancherComposeOver() throws {
        let rancher = """
            .catalog: {name: x}
            web:
              scale: "3"
              retain_ip: true
              health_check:
                port: "8080"
                request_line: GET /health "HTTP/1.0"
                interval: 1000
                strategy: recreateOnQuorum
              upgrade_strategy: {batch_size: 2, interval_millis: 500, start_first: true}
            """
        let result = try StackFiles.load([
            .init(name: "docker-compose.yml", text: "web: {image: acme/web}"),
            .init(name: "rancher-compose.yml", text: rancher),
        ])
        let spec = try #require(result.spec["web"])
        #expect(spec.scale == 3)
        #expect(spec.retainIP && spec.startFirst == true)
        #expect(
            spec.healthCheck
                == HealthCheck(
                    port: 8080, requestLine: "GET /health HTTP/1.0", interval: 1000, strategy: .recreateOnQuorum))
        #expect(result.upgradeStrategies == ["web": .init(batchSize: 2, interval: 500, startFirst: true)])
        #expect(result.catalog == Catalog(name: "x"))
        #expect(result.warnings.isEmpty)
    }

    @Test func mergesLaterFilesOverEarlierOnes() throws {
        let spec = try service(
            "a: {image: x:1, command: a b, environment: [A=1, B=2], volumes: ['/a:/x', '/b:/y'], dns: [1.1.1.1]}",
            "a: {image: x:2, command: [c], environment: {B: 3}, volumes: ['/c:/x'], dns: [2.2.2.2]}")
        #expect(spec.image == "x:2")
        #expect(spec.command == ["c"])
        #expect(spec.environment == ["A": "1", "B": "3"])
        #expect(spec.volumes == [.init(source: "/c", target: "/x"), .init(source: "/b", target: "/y")])
        #expect(spec.dns == ["1.1.1.1", "2.2.2.2"])
    }

    @Test func resolvesAnchorsAndMergeKeys() throws {
        let spec = try service(
            """
            x-base: &base {image: acme/a, tty: true, environment: {A: 1}}
            services:
              a:
                <<: *base
                tty: false
            """)
        #expect(spec.image == "acme/a" && !spec.tty && spec.environment == ["A": "1"])
    }

    @Test func readsEnvFilesBesideTheComposeFile() throws {
        let result = try StackFiles.load(
            [
                .init(
                    name: "deploy/docker-compose.yml",
                    text: "a: {image: x, env_file: [./one.env, two.env], environment: {C: c}}")
            ],
            .init(readFile: { ["deploy/one.env": "A=1\nB=1\nC=1", "deploy/two.env": "B=2"][$0] }))
        #expect(result.spec["a"]?.environment == ["A": "1", "B": "2", "C": "c"])
    }

    @Test func saysEverythingThatIsWrongInOrder() {
        let text = """
            web:
              image: acme/web
              enviroment: [A=1]
              ports: [eighty]
              volumes_from: [db]
              gpus: all
              platform: linux/amd64
              labels: {io.rancher.sidekicks: log}
            db:
              mem_limit: lots
            """
        #expect(
            findings(text) == [
                "docker-compose.yml:3:3: error: service \"web\": unknown key \"enviroment\" (did you mean \"environment\"?)",
                "docker-compose.yml:4:11: error: service \"web\": ports: \"eighty\" is no container port (1 to 65535, or a range as in 8000-8010)",
                "docker-compose.yml:5:18: error: service \"web\": volumes_from: \"db\" is not carried out: \"db\" is no sidekick of it (make one a sidekick of the other: io.rancher.sidekicks)",
                "docker-compose.yml:6:3: error: service \"web\": \"gpus\" is not carried out yet, and leaving it out would change what runs",
                "docker-compose.yml:7:3: warning: service \"web\": \"platform\" is read but not used yet",
                "docker-compose.yml:8:12: error: service \"web\": its sidekick \"log\" is in none of the files (valid here: db)",
                "docker-compose.yml:9:1: error: service \"db\": has no image (valid here: web)",
                "docker-compose.yml:10:14: error: service \"db\": mem_limit must be a size like 512m, not \"lots\"",
            ])
    }

    @Test func knowsNoImageForAServiceOfRancherComposeAlone() {
        #expect(
            findings("orders: {image: a}", "order: {scale: 2}") == [
                "rancher-compose.yml:1:1: error: service \"order\": has no image (did you mean \"orders\"?)"
            ])
    }

    @Test func anEmptyRancherFileHidesNothing() {
        #expect(findings("a: {image: x}", "# nothing") == ["rancher-compose.yml:0:0: warning: is empty"])
        #expect(findings("a: {tty: true}", "").first == "docker-compose.yml:1:1: error: service \"a\": has no image")
    }

    @Test(arguments: [
        ("", "docker-compose.yml:0:0: error: is empty: it names no service"),
        ("# only a comment\n", "docker-compose.yml:0:0: error: is empty: it names no service"),
        ("[a, b]", "docker-compose.yml:1:1: error: must be a mapping of services, not a list"),
        ("a: b", "docker-compose.yml:1:4: error: service \"a\" must be a mapping, not \"b\""),
        ("services: {}", "docker-compose.yml:0:0: error: names no service"),
        (
            "a:\n  image: x\n---\nb: 1\n",
            "docker-compose.yml:3:1: error: holds more than one YAML document (keep one, and take out the line with \"---\")"
        ),
        (
            "a:\n  image: x\n  tty: true\n  image: y\n",
            "docker-compose.yml:4:3: error: the key \"image\" is given twice, first in line 2"
        ),
        (
            "a:\n  image: x\na:\n  image: y\n",
            "docker-compose.yml:3:1: error: the key \"a\" is given twice, first in line 1"
        ),
        (
            "a:\n  image: {{ .Values.X }}\n",
            "docker-compose.yml:2:10: error: the variable X is not set (set it, or pass --allow-unset)"
        ),
        (
            "a: {image: 'x:${'}",
            "docker-compose.yml:1:12: error: service \"a\": image: \"x:${\" is no valid interpolation (a $ that is meant as such is written $$)"
        ),
        (
            "a: {image: 'x:${Y:?say so}'}",
            "docker-compose.yml:1:12: error: service \"a\": image: the variable Y is required: say so"
        ),
        (
            "a: {image: Acme/X}",
            "docker-compose.yml:1:12: error: service \"a\": \"Acme/X\" is no image name (names are lower-case)"
        ),
        (
            "a: {image: x, init: 3}",
            "docker-compose.yml:1:21: error: service \"a\": init must be true or false, not \"3\""
        ),
        (
            "a: {image: x, net: 'container:b'}",
            "docker-compose.yml:1:20: error: service \"a\": net: \"container:b\" is not carried out: \"b\" is no sidekick of it (make one a sidekick of the other: io.rancher.sidekicks)"
        ),
        (
            "version: '2'\nservice: {a: {image: x}}",
            "docker-compose.yml:2:1: error: unknown key \"service\" beside \"services\" (did you mean \"services\"?)"
        ),
    ])
    func oneClearError(text: String, expected: String) { #expect(findings(text) == [expected]) }

    @Test func tabsBinaryAndNestingAreOneErrorEach() throws {
        let tab = findings("a:\n\timage: x\n")
        #expect(tab.count == 1 && tab[0].contains("2:1: error:") && tab[0].contains("tab"))
        let binary = findings("a: \u{01}\u{02}")
        #expect(binary == ["docker-compose.yml:1:4: error: is not a text file: byte 0x1 can't stand in YAML"])
        for deep in [
            String(repeating: "[", count: 1_000_000), String(repeating: "{a: ", count: 250_000),
            String(repeating: "- ", count: 500_000),
            (0..<1200).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
        ] {
            #expect(findings(deep).count == 1)
        }
    }

    @Test func aliasesThatGrowWithoutEndAreRefused() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(items)]\n"
        }
        #expect(findings(text).count == 1)
        #expect(findings(text)[0].contains("aliases make this file too large"))
        #expect(findings(text + "? *a12\n: 1\n").count == 1)
    }

    @Test func theImageRepositoryIsTheFirstThatIsTaggedWithTheRevision() {
        #expect(
            StackFiles.imageRepository(
                inCompose: "services: {db: {image: pg:15}, a: {image: 'r.io:5000/a/b:$REVISION'}}") == "r.io:5000/a/b")
        #expect(StackFiles.imageRepository(inCompose: "a: {image: 'x:latest'}") == nil)
        #expect(StackFiles.imageRepository(inCompose: "{") == nil)
    }
}
