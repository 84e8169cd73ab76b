import Client
import Crypto
import Delivery
import Foundation
import Model
import Stacks
import Testing

@testable import slipway

/// Secrets from the outside: the built program, git, a real engine; and everything that could hold a value looked into.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct SecretsTests {
    private static let files = [
        "Dockerfile": """
        FROM debian:12-slim
        COPY app.sh /app.sh
        CMD ["/bin/sh", "/app.sh"]

        """,
        "app.sh": """
        trap 'exit 0' TERM
        echo "variable $(printf %s "$DB_PASSWORD" | sha256sum)"
        echo "text $(printf %s "$DATABASE_URL" | sha256sum)"
        echo "file $(sha256sum < /run/secrets/TLS_KEY) $(stat -c '%a %u' /run/secrets/TLS_KEY)"
        echo "unset ${NOT_A_SECRET-yes}"
        echo "plain $DB_PASSWORD"; cat /run/secrets/TLS_KEY
        while :; do sleep 1 & wait; done

        """,
        "slipway.yml": """
        test:
          image: debian:12-slim
          contexts: [payments]
          steps:
            - run:
                name: Wait
                command: 'until [ -e go ]; do sleep 0.1; done; rm go'
            - run:
                name: Use
                command: |
                  echo "variable $(printf %s "$APP_TOKEN" | sha256sum)"
                  echo "context $(printf %s "$PAY_TOKEN" | sha256sum)"
                  echo "file $(sha256sum < "$TEST_FILE") $TEST_FILE"
                  echo "production ${DB_PASSWORD-none}"
                  echo "plain $APP_TOKEN and $(printf %s "user:$APP_TOKEN" | base64 -w 0)"
                  printf %s "$APP_TOKEN" | while IFS= read -r -n 5 part || [ -n "$part" ]; do printf %s "$part"; sleep 0.1; done; echo
        image: {name: secrets/orders}
        rollout: {settle: 1s}

        """,
        "deploy/deploy.sh": """
        #!/bin/bash
        echo "variable $(printf %s "$DB_PASSWORD" | sha256sum)"
        echo "file $(sha256sum < "$TLS_KEY") $(stat -c %a "$TLS_KEY")"
        echo "context ${PAY_TOKEN-none}"
        echo "plain $DB_PASSWORD"; cat "$TLS_KEY"
        echo "arguments $(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -acF -f <(printf '%s\\n' "$DB_PASSWORD"))"
        rancher --environment MyEnvironment up orders --stack shop --upgrade -d

        """,
        "deploy/docker-compose.yml": """
        version: "3.8"
        services:
          orders:
            image: secrets/orders:${REVISION}
            environment:
              DB_PASSWORD:
              NOT_A_SECRET:
              DATABASE_URL: postgres://app:${DB_PASSWORD}@db/orders
            secrets: [TLS_KEY]
        secrets:
          TLS_KEY: {external: true}

        """,
    ]

    private let token = "app-token-\(UUID().uuidString)"
    private let payment = "pay/\"\(UUID().uuidString)\"$%"
    private let password = "pass word+\(UUID().uuidString)"
    private let key = """
        -----BEGIN PRIVATE KEY-----
        \(Data((0..<48).map { _ in UInt8.random(in: 0...255) }).base64EncodedString())
        \(Data((0..<48).map { _ in UInt8.random(in: 0...255) }).base64EncodedString())
        -----END PRIVATE KEY-----

        """
    private let testFile = "test-file-\(UUID().uuidString)"

    private func hash(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// What must be found nowhere: the values, and their base64 form.
    private var forbidden: [String] {
        let lines = key.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("-") }
        let values = [token, payment, password, testFile] + lines
        return values + (values + [key]).map { Data($0.utf8).base64EncodedString() }
    }

    private func set(_ slipway: Installation, _ name: String, _ value: String, _ flags: [String]) async throws {
        // Outside of what is searched, and never an argument.
        let file = FileManager.default.temporaryDirectory.appending(path: "value-\(UUID().uuidString)").path
        try Data(value.utf8).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let arguments = flags.joined(separator: " ")
        let output = try await slipway.shell(
            "SLIPWAY_DATA='\(slipway.data.path)' '\(Installation.executable)' secrets set \(name) \(arguments) < '\(file)'"
        )
        #expect(output.hasPrefix("Set \(name)"))
    }

    private func expectNone(in text: String, _ place: String) {
        for value in forbidden { #expect(!text.contains(value), "\(place)") }
    }

    /// Every file of the installation, whatever it is.
    private func expectNone(under folder: String) throws {
        let values = forbidden.map { Data($0.utf8) }
        var count = 0
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else { continue }
            count += 1
            for value in values { #expect(data.range(of: value) == nil, "\(path)") }
        }
        #expect(count > 50)
    }

    @Test func `A secret reaches steps, scripts and containers, and is seen nowhere`() async throws {
        try await Installation.run { slipway in
            // Under a name by which the images are found and removed afterwards.
            let files = Self.files.mapValues { $0.replacing("secrets/orders", with: "\(slipway.name)-orders") }
            let repository = try await slipway.app("orders", files: files)
            try await set(slipway, "APP_TOKEN", token, ["--app", "orders"])
            try await set(slipway, "PAY_TOKEN", payment, ["--context", "payments"])
            try await set(slipway, "TEST_FILE", testFile, ["--app", "orders", "--file"])
            try await set(slipway, "DB_PASSWORD", password, ["--app", "orders", "--environment", "MyEnvironment"])
            try await set(slipway, "TLS_KEY", key, ["--environment", "production", "--file"])
            let list = try await slipway.program(["secrets", "list", "--json"])
            #expect(list.status == 0 && list.output.contains("DB_PASSWORD"))
            expectNone(in: list.output, "slipway secrets list")

            // The test steps, with one that waits so that its processes can be looked at.
            let sha = try await repository.push("First")
            let build = try await step("Wait", ofBuildOf: sha, slipway)
            for path in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(path) != nil {
                let arguments = FileManager.default.contents(atPath: "/proc/\(path)/cmdline") ?? Data()
                expectNone(in: String(decoding: arguments, as: UTF8.self), "/proc/\(path)/cmdline")
            }
            let runs = "\(slipway.data.path)/run/steps"
            let specs = try FileManager.default.contentsOfDirectory(atPath: runs).map { "\(runs)/\($0)/spec.json" }
                .filter { FileManager.default.fileExists(atPath: $0) }
            #expect(!specs.isEmpty)
            for spec in specs {
                let mode = try FileManager.default.attributesOfItem(atPath: spec)[.posixPermissions] as? NSNumber
                #expect(mode?.intValue == 0o600)
            }
            let test = try await slipway.shell(
                "docker ps -q --filter label=dev.slipway.build=\(build) | xargs docker inspect")
            expectNone(in: test, "docker inspect of the test's container")
            try Data().write(to: URL(filePath: "\(slipway.data.path)/checkouts/build-\(build)/go"))
            let tested = try await slipway.build(of: "orders", sha)
            let log = try await slipway.log(of: tested.steps, at: "/builds/\(build)")
            #expect(tested.build.state == .succeeded, "\(tested.build.reason ?? "") \(log)")
            for line in [
                "variable \(hash(token))", "context \(hash(payment))", "file \(hash(testFile))", "production none",
                "/run/secrets/TEST_FILE", "plain **** and ",
            ] {
                #expect(log.contains(line), "\(line) in \(log)")
            }
            expectNone(in: log, "the build's log")
            #expect(log.matches(of: /(?m)^\*\*\*\*$/).count == 1, "the value that came in pieces: \(log)")

            // The script and the service.
            let deploy = try await slipway.deploy("orders", sha)
            let deployed = try await slipway.end(of: deploy)
            let script = try await slipway.log(of: deployed.steps, at: "/deploys/\(deploy.id)")
            #expect(deployed.deploy.state == .succeeded, "\(deployed.deploy.reason ?? "") \(script)")
            for line in [
                "variable \(hash(password))", "file \(hash(key))", " 400", "context none", "plain ****", "arguments 0",
            ] {
                #expect(script.contains(line), "\(line) in \(script)")
            }
            expectNone(in: script, "the script's log")
            try await expectService(password, slipway)

            // A new value is a change of the service; the key may be another meanwhile.
            let rotation = try await slipway.program(["secrets", "rotate-key"])
            #expect(rotation.status == 0 && rotation.output.hasPrefix("Sealed 5 secrets"), "\(rotation.output)")
            let changed = "\(password)-2"
            try await set(slipway, "DB_PASSWORD", changed, ["--app", "orders", "--environment", "production"])
            let before = try await slipway.containers("shop", "orders").map(\.id)
            let again = try await slipway.end(of: try await slipway.deploy("orders", sha))
            #expect(again.deploy.state == .succeeded, "\(again.deploy.reason ?? "")")
            #expect(Set(before).isDisjoint(with: try await slipway.containers("shop", "orders").map(\.id)))
            try await expectService(changed, slipway)

            for path in ["/secrets", "/environments/production/stacks", "/deploys/\(deploy.id)", "/openapi.json"] {
                expectNone(in: String(decoding: try await slipway.client().bytes(path), as: UTF8.self), path)
            }
            try await slipway.waitUntilTidy()
            #expect(!FileManager.default.fileExists(atPath: "/dev/shm/slipway-\(try slipway.data.instance())"))
            try expectNone(under: slipway.folder)
            try await slipway.terminate()
            try expectNone(under: slipway.folder)
        }
    }

    /// The service's container has the secrets, and its log as Slipway shows it doesn't.
    private func expectService(_ password: String, _ slipway: Installation) async throws {
        let container = try #require(try await slipway.containers("shop", "orders").first)
        let shown = try await slipway.wait("the container's output") { () -> String? in
            let path = "/environments/production/containers/\(container.id)/logs"
            let text = String(decoding: try await slipway.client().bytes(path), as: UTF8.self)
            return text.contains(/plain .*\n[^\n]/) ? text : nil
        }
        for line in [
            "variable \(hash(password))", "text \(hash("postgres://app:\(password)@db/orders"))", "file \(hash(key))",
            "444 0", "unset yes", "plain ****",
        ] {
            #expect(shown.contains(line), "\(line) in \(shown)")
        }
        expectNone(in: shown, "the container's log")
        let raw = try await slipway.shell("docker logs \(container.id)")
        #expect(raw.contains("plain \(password)"), "what is masked is there")
        let inspected = try await slipway.shell("docker inspect \(container.id)")
        // Variables stand in an inspection, that is what the engine's API is; files don't.
        for value in forbidden where !value.hasPrefix(self.password) {
            #expect(!inspected.contains(value), "docker inspect")
        }
        let labels = try await slipway.shell("docker inspect --format '{{json .Config.Labels}}' \(container.id)")
        expectNone(in: labels, "labels")
    }

    private func step(_ name: String, ofBuildOf sha: SHA, _ slipway: Installation) async throws -> Int64 {
        try await slipway.wait("the step \(name)") { () -> Int64? in
            let view: TargetView = try await slipway.client().get("/targets/orders/production")
            guard let build = view.commits.first(where: { $0.commit.sha == sha })?.build else { return nil }
            let steps = (try await slipway.client().get("/builds/\(build.id)") as BuildView).steps
            return steps.contains { $0.name.contains(name) && $0.state == .running } || build.state.isFinal
                ? build.id : nil
        }
    }
}
