import Model
import Testing

@testable import Delivery

struct SecretReferencesTests {
    private let given = GivenSecrets([
        "DB_PASSWORD": .init(kind: .variable, version: "1", value: "correct-horse"),
        "PIN": .init(kind: .variable, version: "1", value: "4711"),
        "SWITCH": .init(kind: .variable, version: "1", value: "1"),
        "LONG": .init(kind: .file, version: "1", value: "correct-horse-battery"),
    ])

    private func named(_ service: ServiceSpec, _ given: GivenSecrets? = nil) throws -> ServiceSpec {
        try withSecretsByName(service, given ?? self.given, app: "orders", contexts: ["payments"])
    }

    private func service(_ environment: [String: String] = [:], secrets: ServiceSecrets? = nil) -> ServiceSpec {
        ServiceSpec(name: "web", image: "acme/web:1", environment: environment, secrets: secrets)
    }

    @Test func valuesBecomeNames() throws {
        let spec = try named(
            service([
                "PASSWORD": "correct-horse", "URL": "postgres://app:correct-horse@db/correct-horse", "CODE": "4711",
                "PLAIN": "x4711", "ON": "1", "KEY": "<correct-horse-battery>",
            ]))
        #expect(spec.environment == ["PLAIN": "x4711", "ON": "1"])
        #expect(
            spec.secrets?.variables == [
                "PASSWORD": SecretText([.secret("DB_PASSWORD")]),
                "URL": SecretText([
                    .text("postgres://app:"), .secret("DB_PASSWORD"), .text("@db/"), .secret("DB_PASSWORD"),
                ]),
                "CODE": SecretText([.secret("PIN")]),
                "KEY": SecretText([.text("<"), .secret("LONG"), .text(">")]),
            ])
        #expect(spec.secrets?.app == "orders" && spec.secrets?.contexts == ["payments"])
        let url = try spec.secrets?.variables["URL"]?.revealed(with: given)
        #expect(url == "postgres://app:correct-horse@db/correct-horse")
    }

    @Test func aVariableWithoutAValueIsASecretOrNothing() throws {
        let wanted = ServiceSecrets(variables: [
            "PIN": SecretText([.secret("PIN")]), "OTHER": SecretText([.secret("OTHER")]),
        ])
        #expect(try named(service(secrets: wanted)).secrets?.variables == ["PIN": SecretText([.secret("PIN")])])
        let none = ServiceSecrets(variables: ["OTHER": SecretText([.secret("OTHER")])])
        #expect(try named(service(secrets: none)).secrets == nil)
    }

    @Test func aFileNeedsItsSecret() throws {
        let files = ServiceSecrets(files: [SecretFile(source: "LONG"), SecretFile(source: "TLS")])
        let failure = #expect(throws: Failure.self) { try named(service(secrets: files)) }
        #expect(failure?.code == .invalid && failure?.message == "web: there is no secret TLS for it")
    }

    @Test func aNewValueIsAnotherSpecAndNoHashTellsAValue() throws {
        var changed = given
        changed.opened["DB_PASSWORD"] = .init(kind: .variable, version: "2", value: "correct-horse")
        let spec = service(["PASSWORD": "correct-horse", "CODE": "4711"])
        #expect(try named(spec) == named(spec))
        #expect(try named(spec) != named(spec, changed))
        #expect(try named(service(["CODE": "4711"])) == named(service(["CODE": "4711"]), changed))
        changed.opened["DB_PASSWORD"] = .init(kind: .variable, version: "1", value: "another-horse")
        #expect(try named(spec) == named(service(["PASSWORD": "another-horse", "CODE": "4711"]), changed))
    }

    @Test func aValueWhereEverybodyWouldSeeItIsRefused() throws {
        var label = service()
        label.labels["auth"] = "basic correct-horse"
        var command = service()
        command.command = ["serve", "--password=correct-horse"]
        var host = service()
        host.extraHosts = ["correct-horse:10.0.0.1"]
        for (spec, place) in [(label, "the label auth"), (command, "command"), (host, "a host")] {
            let failure = #expect(throws: Failure.self) { try named(spec) }
            #expect(failure?.message.hasPrefix("web: \(place) holds the value of the secret DB_PASSWORD") == true)
            #expect(failure?.description.contains("horse") == false)
        }
    }

    @Test func aSecretThatIsGoneIsNamed() {
        let failure = #expect(throws: Failure.self) { try SecretText([.secret("NONE")]).revealed(with: given) }
        #expect(failure?.code == .notFound && failure?.message == "There is no secret NONE here")
    }
}
