import Model
import Testing

@testable import StackFile

/// What is written is read again as what it was.
@Suite struct ComposeTextTests {
    private static let files = [
        StackFileSource(
            name: "docker-compose.yml",
            text: """
                version: '2'
                services:
                  web:
                    image: acme/web:1.2
                    command: [serve, "--price=$$5", "a: b", "true", "12"]
                    environment: {EMPTY: "", YES: "yes", PATTERN: "^a|b$$", TEXT: "two\\nlines \\"quoted\\"", TOKEN: null}
                    labels: {io.rancher.container.pull_image: always, team: "1"}
                    ports: ["80:8080", "127.0.0.1:53:53/udp", "9000"]
                    volumes: ["data:/data", "/etc/a:/etc/a:ro", "/scratch"]
                    links: [db]
                    extra_hosts: ["other:10.0.0.1"]
                    mem_limit: 64m
                    cpus: 0.5
                    ulimits: {nofile: {soft: 10, hard: 20}}
                    cap_add: [NET_ADMIN]
                    working_dir: "{{.Names}}"
                    healthcheck: {test: [CMD, "true"], interval: 5s, retries: 3}
                    lb_config: {port_rules: [{source_port: 80, target_port: 8080, service: web, path: /a}]}
                    stop_grace_period: 1m30s
                    init: false
                    tmpfs: [/run]
                    sysctls: {net.core.somaxconn: "1024"}
                    logging: {driver: json-file, options: {max-size: 1m}}
                    secrets: [{source: CERT, target: /etc/cert, mode: 0400}]
                  db: {image: "postgres:15", read_only: true}
                """),
        StackFileSource(
            name: "rancher-compose.yml",
            text: """
                version: '2'
                services:
                  web:
                    scale: 3
                    health_check: {port: 8080, request_line: GET /health HTTP/1.0, interval: 500}
                    upgrade_strategy: {start_first: true}
                """),
    ]

    @Test func whatIsWrittenIsReadAgain() throws {
        let spec = try StackFiles.load(Self.files).spec
        let text = ComposeText(spec)
        #expect(text.lost == [])
        let again = try StackFiles.load([
            StackFileSource(name: "docker-compose.yml", text: text.compose),
            StackFileSource(name: "rancher-compose.yml", text: try #require(text.rancher)),
        ]).spec
        for service in spec.services {
            #expect(try #require(again[service.name]).changes(since: service) == [])
        }
    }

    @Test func whatNoFileCanSayIsNamed() {
        var spec = ServiceSpec(name: "web", image: "a:1")
        spec.secrets = ServiceSecrets(variables: ["URL": SecretText([.text("db://"), .secret("PASSWORD")])])
        #expect(ComposeText(StackSpec(services: [spec])).lost == ["web: URL"])
        #expect(ComposeText(StackSpec(services: [ServiceSpec(name: "web", image: "a:1")])).lost == [])
    }

    @Test(arguments: [
        ("plain", "plain"), ("", "\"\""), ("yes", "\"yes\""), ("12", "\"12\""), ("a: b", "\"a: b\""),
        ("#x", "\"#x\""), ("a\nb", "\"a\\nb\""), ("acme/web:1.2", "acme/web:1.2"), ("null", "\"null\""),
        ("\u{1}", "\"\\x01\""), ("-", "\"-\""), ("~", "\"~\""),
    ])
    func quotesWhatCouldBeSomethingElse(text: String, yaml: String) {
        #expect(YAMLTree.text(text).yaml == "\(yaml)\n")
    }
}
