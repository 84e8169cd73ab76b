import Model
import Testing

/// What differs between what runs and what shall run.
@Suite struct SpecChangeTests {
    private let old: ServiceSpec

    init() {
        var old = ServiceSpec(
            name: "web", image: "acme/web:1", pinnedImage: "r/acme/web@sha256:\(String(repeating: "a", count: 64))",
            environment: ["DEBUG": "1", "PGPASSWORD": "hunter2"], labels: ["team": "a"],
            ports: [PortMapping(hostPort: 80, containerPort: 8080)], healthCheck: HealthCheck(port: 8080))
        old.secrets = ServiceSecrets(variables: ["TOKEN": SecretText([.secret("TOKEN")])], version: "1")
        self.old = old
    }

    @Test func nothingDiffersFromItself() {
        #expect(old.changes(since: old).isEmpty)
        #expect(ServiceSpec(name: "a", image: "b").changes(since: ServiceSpec(name: "a", image: "b")).isEmpty)
    }

    @Test func saysWhatDiffersInTheOrderInWhichPeopleAsk() {
        var new = old
        new.image = "acme/web:2"
        new.pinnedImage = "r/acme/web@sha256:\(String(repeating: "b", count: 64))"
        new.scale = 3
        new.environment = ["PGPASSWORD": "hunter3", "LEVEL": "info"]
        new.labels = ["team": "b"]
        new.ports = []
        new.healthCheck?.port = 9090
        new.stopGracePeriod = 30
        let changes = new.changes(since: old)
        #expect(
            changes.map { "\($0.kind.rawValue) \($0.title)" } == [
                "changed image", "changed digest", "changed scale", "removed environment DEBUG",
                "added environment LEVEL", "changed environment PGPASSWORD",
                "changed configuration health_check.port", "changed configuration labels.team",
                "removed configuration ports", "added configuration stop_grace_period",
            ])
        let port = changes.first { $0.name == "health_check.port" }
        #expect(port?.before == "8080" && port?.after == "9090")
    }

    @Test func noValueOfAVariableOrSecretIsInIt() {
        var new = old
        new.environment = ["PGPASSWORD": "swordfish"]
        new.secrets = ServiceSecrets(
            variables: ["TOKEN": SecretText([.text("visible"), .secret("OTHER")])], version: "2")
        for change in new.changes(since: old) {
            for text in [change.before, change.after].compactMap(\.self) {
                #expect(!["hunter2", "swordfish", "visible"].contains { text.contains($0) })
            }
        }
        #expect(new.changes(since: old).contains { $0.name == "TOKEN" && $0.kind == .changed })
    }

    @Test func anotherValueOfASecretIsSaidWithoutIt() {
        var new = old
        new.secrets?.version = "2"
        #expect(new.changes(since: old) == [SpecChange(.configuration, .changed, name: "secrets")])
    }
}
