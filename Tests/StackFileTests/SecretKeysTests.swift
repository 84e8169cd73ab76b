import Model
import StackFile
import Testing

struct SecretKeysTests {
    private func load(_ text: String, _ environment: [String: String] = [:]) throws -> StackFileResult {
        try StackFiles.load(
            [.init(name: "compose.yaml", text: text)], StackFileOptions(environment: environment))
    }

    @Test func shortAndLong() throws {
        let result = try load(
            """
            services:
              web:
                image: acme/web
                secrets:
                  - TLS_KEY
                  - {source: TOKEN, target: token, uid: "1000", gid: "1000", mode: 0400}
                  - {source: TOKEN, target: /etc/app/token, mode: "0o440"}
            secrets:
              TLS_KEY: {external: true}
              TOKEN: {external: true, name: TOKEN}
            """)
        #expect(
            result.spec["web"]?.secrets?.files == [
                SecretFile(source: "TLS_KEY", target: "/run/secrets/TLS_KEY"),
                SecretFile(source: "TOKEN", target: "/run/secrets/token", uid: 1000, gid: 1000, mode: 0o400),
                SecretFile(source: "TOKEN", target: "/etc/app/token", mode: 0o440),
            ])
        #expect(result.warnings.isEmpty)
    }

    /// A later file's secret takes the place of the one at the same path.
    @Test func aLaterFileWins() throws {
        let base = StackFileSource(name: "1.yml", text: "web: {image: acme/web, secrets: [A, B]}")
        let over = StackFileSource(
            name: "2.yml", text: "web: {secrets: [{source: C, target: A}, {source: D, target: /run/secrets/B}, E]}")
        #expect(
            try StackFiles.load([base, over]).spec["web"]?.secrets?.files == [
                SecretFile(source: "C", target: "/run/secrets/A"), SecretFile(source: "D", target: "/run/secrets/B"),
                SecretFile(source: "E"),
            ])
    }

    /// compose-spec: a variable without a value is the caller's; one that the caller doesn't have may be a secret.
    @Test(arguments: ["[A, B]", "{A: , B: }"]) func variablesWithoutAValue(_ environment: String) throws {
        let spec = try load("web: {image: acme/web, environment: \(environment)}", ["A": "own"]).spec["web"]
        #expect(spec?.environment == ["A": "own"])
        #expect(spec?.secrets == ServiceSecrets(variables: ["B": SecretText([.secret("B")])]))
    }

    @Test(arguments: [
        ("secrets: TOKEN", "secrets must be a list"), ("secrets: [{target: x}]", "has no source"),
        ("secrets: [a-b]", "can't be a secret's name"), ("secrets: [A, A]", "two of them are /run/secrets/A"),
        ("secrets: [{source: A, target: ../x}]", "is no path of a file"),
        ("secrets: [{source: A, mode: 999}]", "mode must be permission bits"),
        ("secrets: [{source: A, uid: x}]", "uid must be a number"), ("secrets: [{source: A, mod: 1}]", "unknown key"),
    ])
    func whatIsWrongIsSaid(_ key: String, _ message: String) {
        let failure = #expect(throws: Failure.self) { try load("web:\n  image: acme/web\n  \(key)\n") }
        #expect(failure?.description.contains(message) == true, "\(failure?.description ?? "")")
    }

    @Test(arguments: ["{file: ./key.pem}", "{environment: KEY}", "", "{external: true, name: other}"])
    func whatASecretIsTheFileDoesNotSay(_ secret: String) {
        let failure = #expect(throws: Failure.self) {
            try load("services: {web: {image: acme/web}}\nsecrets:\n  KEY: \(secret)\n")
        }
        #expect(failure?.findings.first?.line == 3)
        #expect(failure?.description.contains("slipway secrets set KEY") == true)
    }
}
