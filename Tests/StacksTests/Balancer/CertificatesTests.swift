import Foundation
import Logging
import Model
import Store
import Testing

@testable import Stacks

@Suite struct CertificatesTests {
    let folder = NSTemporaryDirectory() + "slipway-certificates-\(UUID().uuidString.prefix(8))"

    func configuration(_ names: [String], environment: Int64) -> EdgeConfiguration {
        var front = EdgeConfiguration.Front(name: "f", hostPort: 443, mode: .https, routes: [])
        front.certificates = names.map { .init(environmentID: environment, name: $0) }
        return EdgeConfiguration(services: [], fronts: [front])
    }

    @Test func `A certificate is the environment's secret, else a file beside the edge`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try Store(path: nil, migrations: StackService.migrations)
        let service = StackService(
            store: store, engineFor: { _ in throw Failure(.unavailable, "none") }, edgeDirectory: nil,
            logger: Logger(label: "test"))
        let environment = try await service.addEnvironment(name: "production", socket: "/nowhere.sock")
        try FileManager.default.createDirectory(
            atPath: "\(folder)/production", withIntermediateDirectories: true)
        for name in ["www.example.com", "other"] {
            try Data("file of \(name)".utf8).write(to: URL(filePath: "\(folder)/production/\(name).pem"))
        }
        let secrets = SecretSource(
            given: { used, place in
                #expect(place.name == "production" && used.app == nil)
                return GivenSecrets(["www_example_com": .init(kind: .variable, version: "1", value: "secret")])
            }, values: { _ in [] })
        let certificates = Certificates(store: store, secrets: secrets, folder: folder)
        let wanted = configuration(
            ["www.example.com", "other", "none", "../production/other"], environment: environment.id)
        let filled = try await certificates.filled(into: wanted)
        #expect(filled.fronts[0].certificates.map(\.pem) == ["secret", "file of other", nil, nil])
        // Where it was found once, it isn't lost at once.
        try FileManager.default.removeItem(atPath: "\(folder)/production/other.pem")
        #expect(try await certificates.filled(into: wanted) == filled)
    }
}
