import Engines
import Foundation
import GRDB
import Model
import Store
import Testing

@testable import Stacks

@Suite(.timeLimit(.minutes(1))) struct ServiceSecretsTests {
    private static let value = "correct-horse-battery"
    private static let source = SecretSource(
        given: { used, environment in
            #expect(environment.name == "production")
            return GivenSecrets(
                used.app == "orders" ? ["PASSWORD": .init(kind: .variable, version: "1", value: value)] : [:])
        },
        values: { _ in [value] })

    private let engine = SimulatedEngine(images: ["acme/orders:1", "acme/orders:2"])

    private func spec(_ image: String = "acme/orders:1", app: String = "orders") -> ServiceSpec {
        ServiceSpec(
            name: "orders", image: image, environment: ["PLAIN": "yes"],
            secrets: ServiceSecrets(
                app: app, variables: ["URL": SecretText([.text("db://"), .secret("PASSWORD")])],
                files: [SecretFile(source: "PASSWORD", uid: 7, mode: 0o400)], version: "1"))
    }

    @Test func containersGetThemAndNothingElseHasThem() async throws {
        let harbour = try await Harbour(engine: engine, secrets: Self.source)
        let rollout = try await harbour.deploy(spec())
        #expect(rollout.state == .done)
        let name = "production-shop-orders-\(rollout.id)-1"
        let plan = try #require(await engine.plan(of: name))
        #expect(plan.environment.contains("URL=db://\(Self.value)"))
        #expect(plan.labels.values.allSatisfy { !$0.contains(Self.value) })
        let file = await engine.files(in: name)["/run/secrets/PASSWORD"]
        #expect(
            file == ContainerFile(path: "/run/secrets/PASSWORD", bytes: Array(Self.value.utf8), uid: 7, mode: 0o400))
        let calls = await engine.calls.map(\.verb)
        let written = try #require(calls.firstIndex(of: .write))
        #expect(written < (calls.firstIndex(of: .start) ?? 0), "before the first start")
        let recorded = try await harbour.store.read { db in
            try ["service", "rollout", "container"].flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { $0.description }
            }
        }
        #expect(!recorded.isEmpty && recorded.allSatisfy { !$0.contains(Self.value) })
        await harbour.stop()
    }

    @Test func outputIsMasked() async throws {
        let harbour = try await Harbour(engine: engine, secrets: Self.source)
        let rollout = try await harbour.deploy(spec())
        let name = "production-shop-orders-\(rollout.id)-1"
        await engine.write(Array("connecting with correct-ho".utf8), to: name)
        await engine.write(Array("rse-battery\n".utf8), to: name)
        var output: [UInt8] = []
        for try await chunk in try await harbour.service.logs(container: name, in: harbour.environment) {
            output += chunk
        }
        #expect(String(decoding: output, as: UTF8.self) == "connecting with ****\n")
        await harbour.stop()
    }

    @Test func aReadOnlyContainerHasAVolumeForThem() throws {
        var spec = spec()
        #expect(spec.secretVolumes.isEmpty)
        spec.readOnly = true
        #expect(spec.secretVolumes == [VolumeMount(source: nil, target: "/run/secrets")])
        #expect(objections(to: spec, edge: false).isEmpty)
        spec.secrets?.files = [SecretFile(source: "PASSWORD", target: "/etc/password")]
        #expect(objections(to: spec, edge: false).count == 1)
    }

    @Test func aSpecWithoutSecretsHasTheHashThatItHad() throws {
        let text = String(
            decoding: try JSONEncoder().encode(ServiceSpec(name: "orders", image: "acme/orders:1")), as: UTF8.self)
        #expect(!text.contains("secrets"))
        #expect(spec().hash != ServiceSpec(name: "orders", image: "acme/orders:1").hash)
    }
}
