import Foundation
import GRDB
import Model
import Store

/// Certificates of load balancers by name: a secret of the environment that holds certificate, chain and key as PEM, else
/// the file `NAME.pem` in the environment's folder beside the edge.
actor Certificates {
    private struct Key: Hashable {
        var environmentID: Int64
        var app: String?
        var name: String
    }

    /// So long is one believed to be what it was.
    private static let freshness = Duration.seconds(10)

    private let store: Store
    private let secrets: SecretSource
    private let folder: String?
    private var known: [Key: (pem: String, readAt: ContinuousClock.Instant)] = [:]

    init(store: Store, secrets: SecretSource, folder: String?) {
        (self.store, self.secrets, self.folder) = (store, secrets, folder)
    }

    /// Itself with the certificates that there are. One that was removed goes on until the server is restarted: a port
    /// that is open isn't shut by that.
    func filled(into configuration: EdgeConfiguration) async throws -> EdgeConfiguration {
        var configuration = configuration
        for front in configuration.fronts.indices {
            for index in configuration.fronts[front].certificates.indices {
                let wanted = configuration.fronts[front].certificates[index]
                configuration.fronts[front].certificates[index].pem = try await pem(of: wanted)
            }
        }
        return configuration
    }

    private func pem(of certificate: EdgeConfiguration.Certificate) async throws -> String? {
        let key = Key(environmentID: certificate.environmentID, app: certificate.app, name: certificate.name)
        let last = known[key]
        if let last, ContinuousClock.now - last.readAt < Self.freshness { return last.pem }
        guard let pem = try await read(key) ?? last?.pem else { return nil }
        known[key] = (pem, .now)
        return pem
    }

    private func read(_ key: Key) async throws -> String? {
        guard let environment = try await environment(key.environmentID) else { return nil }
        let given = try await secrets.given(ServiceSecrets(app: key.app), environment)
        if let secret = given.opened[Self.secretName(of: key.name)] { return secret.value }
        guard let folder, !key.name.contains("/"), !key.name.hasPrefix(".") else { return nil }
        return try? String(contentsOfFile: "\(folder)/\(environment.name)/\(key.name).pem", encoding: .utf8)
    }

    private func environment(_ id: Int64) async throws -> Environment? {
        try await store.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM environment WHERE id = ?", arguments: [id]).map { row in
                Environment(
                    id: row["id"], name: row["name"], aliases: try JSONText.decode(row["aliases"]),
                    socket: row["socket"], scriptsUseEngine: row["scriptsUseEngine"])
            }
        }
    }

    /// The secret that a certificate's name means: what can't be in a secret's name becomes `_`.
    static func secretName(of name: String) -> String {
        let text = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return text.first?.isNumber == true ? "_\(text)" : text
    }
}
